# queue.gp - jobs that wait, over time, one line a variant.
#
# Columns: hours, then one a variant. Lines 3 and on of the labels: their names.
if (!exists("FIGURE")) FIGURE = 'queue'
WIDTH = 960
HEIGHT = 260
load 'page.gp'
VARIANTS = LABELS - 2
stats DATA using 1 skip 1 name 'X' nooutput
high = 0
do for [i = 1:VARIANTS] {
    stats DATA using (column(i + 1)) skip 1 name 'Y' nooutput
    high = Y_max > high ? Y_max : high
}
UNIT = unit(X_max)
x(hours) = since(hours, UNIT)
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.06
    set rmargin at screen 0.985
    set tmargin at screen top(34)
    set bmargin at screen bottom(32)
    set xrange [0:(X_max > 0 ? x(X_max) : 1)]
    set yrange [0:(high > 0 ? high * 1.08 : 1)]
    set xtics auto format '%g '.UNIT
    set key at screen 0.99, screen top(4) right top horizontal maxrows 1 Left reverse samplen 3 width -1 textcolor rgb '#222222'
    plot for [i = 1:VARIANTS] DATA using (x($1)):(column(i + 1)) skip 1 with steps lw 2 lc rgb COLOUR[(i - 1) % 8 + 1] \
             dt DASH[((i - 1) / 8 + i - 1) % 4 + 1] title label(i + 2)
    set output
}
