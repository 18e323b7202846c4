# idle.gp - what idle GPUs are put down to, over time: stacked, the largest below.
#
# Columns: hours, then one for each cause, per cent of capacity. Lines 3 and on of the labels: the causes,
# then the number of the colour of each, which is the same in the figures of all variants.
if (!exists("FIGURE")) FIGURE = 'idle-1'
WIDTH = 960
HEIGHT = 215
load 'page.gp'
CAUSES = (LABELS - 2) / 2
stats DATA using 1 skip 1 name 'X' nooutput
stats DATA using (sum [c = 1:CAUSES] column(c + 1)) skip 1 name 'Y' nooutput
UNIT = unit(X_max)
x(hours) = since(hours, UNIT)
array FILL[7] = ['#56B4E9', '#D55E00', '#0072B2', '#E69F00', '#CC79A7', '#009E73', '#F0E442']
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.06
    set rmargin at screen 0.985
    set tmargin at screen top(34)
    set bmargin at screen bottom(32)
    set xrange [0:(X_max > 0 ? x(X_max) : 1)]
    set yrange [0:(Y_max > 0 ? Y_max * 1.08 : 1)]
    set ytics auto format '%g %%'
    set xtics auto format '%g '.UNIT
    set key at screen 0.99, screen top(4) right top horizontal maxrows 1 Left reverse samplen 1.4 width -1 textcolor rgb '#222222'
    plot for [i = CAUSES:1:-1] DATA using (x($1)):(sum [c = 1:i] column(c + 1)) skip 1 \
             with filledcurves y1=0 fs solid 1.0 noborder lc rgb FILL[int(label(CAUSES + i + 2)) % 7 + 1] title label(i + 2), \
         for [i = CAUSES:1:-1] DATA using (x($1)):(sum [c = 1:i] column(c + 1)) skip 1 \
             with lines lc rgb '#FFFFFF' lw 1 notitle
    set output
}
