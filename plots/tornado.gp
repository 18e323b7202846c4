# tornado.gp - what the cheapest fleet costs if things turn out otherwise: a bar from what the low end makes it to what the high end does.
#
# Columns: name, USD at the low end, USD at the high end, of the fleet that is enough then. Line 3 of the labels: USD as it is.
if (!exists("FIGURE")) FIGURE = 'tornado'
WIDTH = 960
set datafile separator ','
stats FIGURE.'.csv' using 2 skip 1 name 'LOW' nooutput
HEIGHT = 78 + 27 * LOW_records
load 'page.gp'
stats DATA using 3 skip 1 name 'HIGH' nooutput
MIDDLE = real(label(3))
smaller(a, b) = a < b ? a : b
larger(a, b) = a > b ? a : b
from = smaller(MIDDLE, smaller(LOW_min, HIGH_min))
to = larger(MIDDLE, larger(LOW_max, HIGH_max))
room = to > from ? (to - from) * 0.08 : 1
COUNTS = to < 1e4 ? '%g' : to < 1e6 ? '%.1s%c' : '%.2s%c'
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.185
    set rmargin at screen 0.96
    set tmargin at screen top(30)
    set bmargin at screen bottom(46)
    set xrange [from - room:to + room]
    set yrange [-LOW_records + 0.4:0.6]
    set grid xtics noytics
    set border 1
    set ytics scale 0
    set xtics auto format COUNTS
    set xlabel 'USD' offset 0, 0.6 textcolor rgb '#555555'
    set arrow 1 from MIDDLE, graph 0 to MIDDLE, graph 1 nohead lw 1.5 dt 2 lc rgb '#555555' front
    set key at screen 0.99, screen top(6) right top horizontal maxrows 1 Left reverse samplen 1 width -1 textcolor rgb '#222222'
    plot DATA using 2:(-$0):(smaller($2, MIDDLE)):(larger($2, MIDDLE)):(-$0 - 0.33):(-$0 + 0.02) skip 1 \
             with boxxyerror fs solid 1.0 noborder lc rgb '#56B4E9' title 'if it is less', \
         DATA using 3:(-$0):(smaller($3, MIDDLE)):(larger($3, MIDDLE)):(-$0 - 0.02):(-$0 + 0.33) skip 1 \
             with boxxyerror fs solid 1.0 noborder lc rgb '#D55E00' title 'if it is more', \
         DATA using (from):(-$0):ytic(1) skip 1 with points pt -1 notitle
    unset arrow 1
    set output
}
