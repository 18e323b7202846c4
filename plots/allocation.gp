# allocation.gp - how much of the cluster is in use as demand arrives? Left: all of it. Right: where policies part.
#
# Run in the folder that `gpuplan report RUN.h5 --plots DIR` wrote: gnuplot allocation.gp
FIGURE = 'allocation'
load 'common.gp'

ZOOM = 80.0
stats DATA using 1 skip 1 name 'X' nooutput
ZOOM_FROM = X_max > ZOOM + 10 ? ZOOM : 0
low = 1e9
high = -1e9
do for [i = 1:VARIANTS] {
    stats [ZOOM_FROM:X_max] DATA using 1:(column(i + 1)) skip 1 name 'Y' nooutput
    low = Y_min_y < low ? Y_min_y : low
    high = Y_max_y > high ? Y_max_y : high
}
all_placed(x) = x <= 100 ? x : NaN
room = high - low > 2 ? (high - low) * 0.06 : 1

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
    set xlabel 'GPU demand arrived (% of capacity)'
    set ylabel 'GPU in use (% of capacity)'
    set xrange [0:X_max]
    set yrange [0:100]
    set xtics 20
    set ytics 20
    plot all_placed(x) with lines lc rgb '#999999' dt 3 lw 1.5, \
        for [i = 1:VARIANTS] DATA using 1:(column(i + 1)) skip 1 with lines ls STYLE[i]
    unset label 1
    unset label 2

    set lmargin at screen 0.485
    set rmargin at screen 0.83
    set xrange [ZOOM_FROM:X_max]
    set yrange [low - room : (high + room > 100 ? 100 : high + room)]
    set xtics 10
    set ytics autofreq
    set key at screen 0.845, 0.875 left top Left reverse samplen 2.5 spacing 1.35 font ',12' \
        textcolor rgb '#222222' noenhanced
    plot for [i = 1:VARIANTS] DATA using 1:(column(i + 1)) skip 1 with linespoints ls STYLE[i] \
        pointinterval 10 title variant(i), \
        all_placed(x) with lines lc rgb '#999999' dt 3 lw 1.5 title 'all that arrives'
    unset key
    unset multiplot
    set output
}
