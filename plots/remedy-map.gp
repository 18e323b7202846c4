# remedy-map.gp - how much less of what costs money an agent leaves than a crew: delay x failure rate, one panel a total.
#
# Run by validation/crew_or_agent.sh: gnuplot -e "DATA='map.csv'; OUTPUT='map.svg'" plots/remedy-map.gp
set terminal svg size 1100,300 font 'Helvetica,12' background '#FFFFFF' noenhanced
set output OUTPUT
set datafile separator ','
DELAYS = '5m 30m 2h 8h 1d'
RATES = '1 3 10 30'
COLUMNS = '4 5 6 7'
NAMES = 'unproductive_usd idle_usd workload_idle_usd stalled_or_hung'
place(list, value) = sum [i = 1:words(list)] (word(list, i) eq value ? i : 0)
set palette defined (-60 '#D55E00', 0 '#F7F7F7', 60 '#0072B2') # colours that the colour-blind can tell apart
set cbrange [-60:60]
unset colorbox
unset key
set xrange [0.5:5.5]
set yrange [0.5:4.5]
set xtics scale 0
set ytics scale 0
set xtics ()
set ytics ()
do for [i = 1:words(DELAYS)] { set xtics add (word(DELAYS, i) i) }
do for [i = 1:words(RATES)] { set ytics add ('x '.word(RATES, i) i) }
set multiplot layout 1,4 title 'Less by, % (agent against crew). Across: until the crew hears of a fault. Up: failure rate, of RSC-1.' \
    font ',13'
do for [p = 1:4] {
    column_of = int(word(COLUMNS, p))
    set title word(NAMES, p)
    plot DATA using (place(DELAYS, strcol(1))):(place(RATES, strcol(2))):(column(column_of)) skip 1 with image, \
        DATA using (place(DELAYS, strcol(1))):(place(RATES, strcol(2))):(strcol(column_of)) skip 1 with labels font ',10'
}
unset multiplot
set output
