# nodes.gp - how nodes stood over time: a row a node, a bar for each time in which it was not simply up. The thicker the bar,
# the less the node could do.
#
# Columns: name, row, from and to in hours, state as in /variants/NAME/rep/000000/node_states; state -1 names a row.
# Line 3 of the labels: hours that the run took.
if (!exists("FIGURE")) FIGURE = 'nodes-1'
WIDTH = 960
set datafile separator ','
stats FIGURE.'.csv' using 2 skip 1 name 'ROW' nooutput
ROWS = ROW_max + 1
PITCH = ROWS > 24 ? 13 : ROWS > 12 ? 17 : 22
HEIGHT = 84 + PITCH * ROWS
load 'page.gp'
END = real(label(3))
UNIT = unit(END)
x(hours) = since(hours, UNIT)
array CODE[7] = [1, 5, 2, 3, 4, 6, 7]
array STATE[7] = ['down', 'banned', 'cordoned', 'draining', 'spare', 'degraded', 'absent']
array FILL[7] = ['#D55E00', '#000000', '#CC79A7', '#E69F00', '#56B4E9', '#0072B2', '#7F7F7F']
array THICK[7] = [0.9, 0.9, 0.7, 0.55, 0.3, 0.55, 0.15]
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.14
    set rmargin at screen 0.985
    set tmargin at screen top(34)
    set bmargin at screen bottom(32)
    set xrange [0:x(END)]
    set yrange [ROWS - 0.5:-0.5]
    set ytics scale 0
    set grid xtics noytics
    set xtics auto format '%g '.UNIT
    set key at screen 0.99, screen top(4) right top horizontal maxrows 1 Left reverse samplen 1.4 width -1 textcolor rgb '#222222'
    SCALE = PITCH * (kind eq 'png' ? 1.2 : 1)
    plot DATA using (0):2:(x(END)):(0):ytic(1) skip 1 every ::0::(ROWS - 1) with vectors nohead lc rgb '#E3E3E3' lw SCALE * 0.9 \
             title 'up', \
         for [k = 1:7] DATA using (x($3)):($5 == CODE[k] ? $2 : NaN):(x($4 - $3)):(0) skip 1 \
             with vectors nohead lc rgb FILL[k] lw SCALE * THICK[k] title STATE[k]
    set output
}
