# showback.gp - who pays: a bar for each, of what it used, its part of what idled, and of what is shared.
#
# Columns: name, three amounts in USD, label. Lines 3 to 5 of the labels: what the amounts are.
if (!exists("FIGURE")) FIGURE = 'showback-1'
WIDTH = 960
set datafile separator ','
stats FIGURE.'.csv' using 2 skip 1 name 'ROW' nooutput
HEIGHT = 66 + 25 * ROW_records
load 'page.gp'
stats DATA using ($2 + $3 + $4) skip 1 name 'SUM' nooutput
high = SUM_max > 0 ? SUM_max : 1
COUNTS = high < 1e4 ? '%g' : high < 1e6 ? '%.0s%c' : '%.1s%c'
array FILL[3] = ['#0072B2', '#56B4E9', '#7F7F7F']
left(k) = (k > 1 ? column(2) : 0) + (k > 2 ? column(3) : 0)
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.185
    set rmargin at screen 0.985
    set tmargin at screen top(30)
    set bmargin at screen bottom(34)
    set xrange [0:high * 1.2]
    set yrange [-ROW_records + 0.4:0.6]
    set grid xtics noytics
    set border 1
    set ytics scale 0
    set xtics auto format COUNTS
    set key at screen 0.99, screen top(6) right top horizontal maxrows 1 Left reverse samplen 1 width -1 textcolor rgb '#222222'
    plot for [k = 1:3] DATA using (left(k) + column(k + 1) / 2):(-$0):(left(k)):(left(k) + column(k + 1)):(-$0 - 0.33):(-$0 + 0.33) \
             skip 1 with boxxyerror fs solid 1.0 noborder lc rgb FILL[k] title label(k + 2), \
         DATA using ($2 + $3 + $4):(-$0):5 skip 1 with labels left offset 0.6, 0 textcolor rgb '#222222' notitle, \
         DATA using (0):(-$0):ytic(1) skip 1 with points pt -1 notitle
    set output
}
