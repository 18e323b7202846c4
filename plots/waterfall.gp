# waterfall.gp - from all that was paid for down to what was productive; or from one variant to another, account by account.
#
# Run in the folder that `gpuplan report RUN.h5 --plots DIR` wrote: gnuplot -e "FIGURE='waterfall-1'" waterfall.gp
# Columns: name, from, to, kind (0 whole, 1 held, 2 idle, 3 away, 4 productive), label, its width in characters. Line 3 of the labels: the unit.
if (!exists("FIGURE")) FIGURE = 'waterfall-1'
WIDTH = 960
set datafile separator ','
stats FIGURE.'.csv' using 2 skip 1 name 'ROW' nooutput
PLAIN = exists("BRIDGE") ? BRIDGE : 0
HEIGHT = (PLAIN ? 42 : 66) + 25 * ROW_records
load 'page.gp'
stats DATA using 2 skip 1 name 'FROM' nooutput
stats DATA using 3 skip 1 name 'TO' nooutput
low = FROM_min < TO_min ? FROM_min : TO_min
high = FROM_max > TO_max ? FROM_max : TO_max
low = low < 0 ? low - (high - low) * 0.02 : 0
high = high > low ? high : low + 1
stats DATA using 6 skip 1 name 'LABEL' nooutput
WIDER = 768.0 / (768 - 6.7 * LABEL_max - 12) # room for the labels behind the bars
COUNTS = high < 1e4 ? '%g' : high < 1e6 ? '%.0s%c' : '%.1s%c'

array KIND_COLOUR[5] = ['#7F7F7F', '#E69F00', '#56B4E9', '#CC79A7', '#009E73']
array KIND_NAME[5] = ['', 'held, not productive', 'idle', 'out of service', '']
top_of(a, b) = a > b ? a : b
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.185
    set rmargin at screen 0.985
    set tmargin at screen top(PLAIN ? 6 : 30)
    set bmargin at screen bottom(34)
    set xrange [low:(low + (high - low) * WIDER)]
    set yrange [-ROW_records + 0.4:0.6]
    set grid xtics noytics
    set border 1
    set ytics scale 0
    set xtics auto format COUNTS
    set xlabel
    set label 3 label(3) at screen 0.18, screen bottom(15) right textcolor rgb '#555555'
    set key at screen 0.99, screen top(6) right top horizontal maxrows 1 Left reverse samplen 1 width -1 textcolor rgb '#222222'
    plot for [k = 0:4] DATA using (($2 + $3) / 2):($4 == k ? -$0 : NaN):2:3:(-$0 - 0.33):(-$0 + 0.33) skip 1 \
             with boxxyerror fs solid 1.0 noborder lc rgb KIND_COLOUR[k + 1] \
             title (PLAIN ? '' : KIND_NAME[k + 1]), \
         DATA using (top_of($2, $3)):(-$0):5 skip 1 with labels left offset 0.6, 0 textcolor rgb '#222222' notitle, \
         DATA using 3:(-$0 - 0.33):(0):(-0.34) skip 1 with vectors nohead lc rgb '#555555' lw 1 notitle, \
         DATA using (low):(-$0):ytic(1) skip 1 with points pt -1 notitle
    unset key
    set output
}
