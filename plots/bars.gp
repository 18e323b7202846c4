# bars.gp - amounts by part: a bar for each row, its parts one after the other. Who pays, and what a variant costs.
#
# Columns: name, total, width of the label in characters, label, amounts. Lines 3 and on of the labels: what the amounts are.
if (!exists("FIGURE")) FIGURE = 'costs'
WIDTH = 960
set datafile separator ','
stats FIGURE.'.csv' using 2 skip 1 name 'ROW' nooutput
MANY = int(system(sprintf("sed -n '$=' %s-labels.txt", FIGURE))) > 6 # parts on two lines
HEIGHT = 66 + 18 * MANY + 25 * ROW_records
load 'page.gp'
PARTS = LABELS - 2
high = ROW_max > 0 ? ROW_max : 1
stats DATA using 3 skip 1 name 'LABEL' nooutput
WIDER = 768.0 / (768 - 6.7 * LABEL_max - 12)
COUNTS = high < 1e4 ? '%g' : high < 1e6 ? '%.0s%c' : '%.1s%c'
array FILL[8] = ['#0072B2', '#56B4E9', '#7F7F7F', '#E69F00', '#009E73', '#CC79A7', '#D55E00', '#F0E442']
left(k) = k > 1 ? (sum [c = 1:k - 1] column(c + 4)) : 0
do for [kind in KINDS] {
    load 'terminal.gp'
    set lmargin at screen 0.185
    set rmargin at screen 0.985
    set tmargin at screen top(30 + 18 * MANY)
    set bmargin at screen bottom(34)
    set xrange [0:high * WIDER]
    set yrange [-ROW_records + 0.4:0.6]
    set grid xtics noytics
    set border 1
    set ytics scale 0
    set xtics auto format COUNTS
    set key at screen 0.99, screen top(6) right top horizontal maxrows (1 + MANY) Left reverse samplen 1 width -1 textcolor rgb '#222222'
    plot for [k = 1:PARTS] DATA using (left(k)):(-$0):(left(k)):(left(k) + column(k + 4)):(-$0 - 0.33):(-$0 + 0.33) \
             skip 1 with boxxyerror fs solid 1.0 noborder lc rgb FILL[(k - 1) % 8 + 1] title label(k + 2), \
         DATA using 2:(-$0):4 skip 1 with labels left offset 0.6, 0 textcolor rgb '#222222' notitle, \
         DATA using (0):(-$0):ytic(1) skip 1 with points pt -1 notitle
    set output
}
