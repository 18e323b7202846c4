# over_time.gp - two panels over time, one line a variant; loaded by the figures that set FIGURE, LEFT, RIGHT and FULL (the
# axis goes to 100 %).
load 'common.gp'

stats DATA using 1 skip 1 name 'X' nooutput
high = 0
do for [i = 2:(2 * VARIANTS + 1)] {
    stats DATA using (column(i)) skip 1 name 'Y' nooutput
    high = Y_max > high ? Y_max : high
}
UNIT = X_max > 72 ? 'days' : X_max > 2 ? 'hours' : X_max > 0.1 ? 'minutes' : 'seconds'
since(x) = x * (UNIT eq 'days' ? 1 / 24.0 : UNIT eq 'hours' ? 1 : UNIT eq 'minutes' ? 60 : 3600)

do for [kind in 'svg png'] {
    if (kind eq 'svg') {
        set terminal svg size 1100,520 font 'Helvetica,13' background '#FFFFFF' noenhanced
    } else {
        set terminal pngcairo size 1650,780 font 'Helvetica,15' fontscale 1.1 background '#FFFFFF' noenhanced
    }
    set output FIGURE.'.'.kind
    set multiplot
    set label 1 label(1) at screen 0.02, 0.955 left font ',17' textcolor rgb '#111111'
    set label 2 label(2) at screen 0.02, 0.025 left font ',10' textcolor rgb '#777777'
    set lmargin at screen 0.068
    set rmargin at screen 0.405
    set tmargin at screen 0.86
    set bmargin at screen 0.16
    set xlabel UNIT
    set xrange [0:(X_max > 0 ? since(X_max) : 1)]
    set yrange [0:(FULL ? 100 : high > 0 ? high * 1.08 : 1)]
    set ylabel LEFT
    plot for [i = 1:VARIANTS] DATA using (since($1)):(column(i + 1)) skip 1 with steps ls STYLE[i]
    unset label 1
    unset label 2

    set lmargin at screen 0.485
    set rmargin at screen 0.83
    set ylabel RIGHT
    set key at screen 0.845, 0.875 left top Left reverse samplen 2.5 spacing 1.35 font ',12' \
        textcolor rgb '#222222' noenhanced
    plot for [i = 1:VARIANTS] DATA using (since($1)):(column(i + 1 + VARIANTS)) skip 1 with steps ls STYLE[i] title variant(i)
    unset key
    unset multiplot
    set output
}
