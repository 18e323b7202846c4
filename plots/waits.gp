# waits.gp - how long jobs waited, by group: from the median to what 99 % wait. Jobs that never started count as censored.
#
# Columns: name, median, 90 %, 99 % in seconds (empty: never within the run), longest that is shown.
if (!exists("FIGURE")) FIGURE = 'waits'
WIDTH = 960
set datafile separator ','
stats FIGURE.'.csv' using 5 skip 1 name 'ROW' nooutput
HEIGHT = 84 + 21 * ROW_records
load 'page.gp'
END = ROW_max
at(s) = s < 1 ? 1 : s
known(s) = s > END ? END : at(s)
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.24
    set rmargin at screen 0.96
    set tmargin at screen top(34)
    set bmargin at screen bottom(40)
    set logscale x
    set xrange [0.8:END * 1.3]
    set yrange [-ROW_records + 0.4:0.6]
    set grid xtics noytics
    set ytics scale 0
    set xtics ('1 s or less' 1, '10 s' 10, '1 min' 60, '10 min' 600, '1 h' 3600, '6 h' 21600, '1 d' 86400, '7 d' 604800, \
               '30 d' 2592000)
    set xlabel
    set key at screen 0.99, screen top(4) right top horizontal maxrows 1 Left reverse samplen 2 width -1 textcolor rgb '#222222'
    plot DATA using (known($2)):(-$0):(known($4) - known($2)):(0) skip 1 with vectors nohead lc rgb '#7F7F7F' lw 2 notitle, \
         DATA using (known($2)):(-$0):ytic(1) skip 1 with points pt 7 ps 1.1 lc rgb '#009E73' title 'half within', \
         DATA using ($3 > END ? NaN : at($3)):(-$0) skip 1 with points pt 9 ps 1.1 lc rgb '#E69F00' title '90 %', \
         DATA using ($4 > END ? NaN : at($4)):(-$0) skip 1 with points pt 5 ps 0.9 lc rgb '#D55E00' title '99 %', \
         DATA using ($4 > END ? END : NaN):(-$0) skip 1 with points pt 2 ps 1.1 lw 2 lc rgb '#000000' \
             title 'never'
    unset logscale
    set output
}
