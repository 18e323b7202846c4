# frontier.gp - what fleets cost against how long jobs wait: those that nothing beats, all others that ran, and the winner.
#
# Columns: USD, seconds (none: beyond the run), kind (0 ran, 1 on the frontier, 2 the winner), name. Line 3 of the labels: the target
# in seconds, 0: none.
if (!exists("FIGURE")) FIGURE = 'frontier'
WIDTH = 960
HEIGHT = 340
load 'page.gp'
TARGET = real(label(3))
stats DATA using 1 skip 1 name 'USD' nooutput
stats DATA using 2 skip 1 name 'WAIT' nooutput
least(s) = s < 1 ? 1 : s
COUNTS = USD_max < 1e4 ? '%g' : USD_max < 1e6 ? '%.0s%c' : '%.1s%c'
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.1
    set rmargin at screen 0.96
    set tmargin at screen top(34)
    set bmargin at screen bottom(48)
    set logscale y
    set xrange [USD_min - (USD_max - USD_min) * 0.05 - 1:USD_max + (USD_max - USD_min) * 0.05 + 1]
    set yrange [0.7:least(WAIT_max) * 3]
    set grid xtics ytics
    set format x COUNTS
    set xlabel 'USD' offset 0, 0.6 textcolor rgb '#555555'
    set ytics ('1 s or less' 1, '10 s' 10, '1 min' 60, '10 min' 600, '1 h' 3600, '6 h' 21600, '1 d' 86400, '7 d' 604800)
    set key at screen 0.99, screen top(4) right top horizontal maxrows 1 Left reverse samplen 2 width -1 textcolor rgb '#222222'
    plot DATA using ($3 == 0 ? $1 : NaN):(least($2)) skip 1 with points pt 6 ps 0.6 lc rgb '#7F7F7F' title 'ran', \
         DATA using ($3 >= 1 ? $1 : NaN):(least($2)) skip 1 smooth unique with lines lw 1.5 lc rgb '#0072B2' notitle, \
         DATA using ($3 >= 1 ? $1 : NaN):(least($2)) skip 1 with points pt 7 ps 0.9 lc rgb '#0072B2' title 'nothing beats it', \
         DATA using ($3 == 2 ? $1 : NaN):(least($2)) skip 1 with points pt 4 ps 2 lw 2 lc rgb '#D55E00' title 'chosen', \
         TARGET > 0 ? TARGET : NaN with lines dt 2 lw 1.5 lc rgb '#D55E00' title 'target'
    unset logscale
    set output
}
