# usage.gp - what device counters would show as busy, at least and at most, against what was productive, over time.
#
# Columns: hours, productive, busy at least, busy at most, held by jobs, out of service; per cent of capacity.
if (!exists("FIGURE")) FIGURE = 'usage-1'
WIDTH = 960
HEIGHT = 215
load 'page.gp'
stats DATA using 1 skip 1 name 'X' nooutput
UNIT = unit(X_max)
x(hours) = since(hours, UNIT)
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.06
    set rmargin at screen 0.985
    set tmargin at screen top(34)
    set bmargin at screen bottom(32)
    set xrange [0:(X_max > 0 ? x(X_max) : 1)]
    set yrange [0:100]
    set ytics 25 format '%g %%'
    set xtics auto format '%g '.UNIT
    set key at screen 0.99, screen top(4) right top horizontal maxrows 1 Left reverse samplen 2 width -1 textcolor rgb '#222222'
    plot DATA using (x($1)):5 skip 1 with lines lc rgb '#7F7F7F' lw 1.5 dt 2 title 'held by jobs', \
         DATA using (x($1)):3:4 skip 1 with filledcurves fs solid 1.0 noborder lc rgb '#E69F00' \
             title 'looks busy (range)', \
         DATA using (x($1)):4 skip 1 with lines lc rgb '#D55E00' lw 2 dt 4 title 'at most', \
         DATA using (x($1)):2 skip 1 with lines lc rgb '#009E73' lw 2.4 title 'productive'
    set output
}
