# fragmentation.gp - how much idle GPU could a typical task not use? Left: of all GPUs. Right: of the idle ones.
#
# Run in the folder that `gpuplan report RUN.h5 --plots DIR` wrote: gnuplot fragmentation.gp
FIGURE = 'fragmentation'
load 'common.gp'

stats DATA using 1 skip 1 name 'X' nooutput
high = 0
do for [i = 1:VARIANTS] {
    stats DATA using (column(i + 1)) skip 1 name 'Y' nooutput
    high = Y_max > high ? Y_max : high
}

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
    set xrange [0:X_max]
    set xtics 20
    set ylabel 'fragmented GPU (% of capacity)'
    set yrange [0:(high > 0 ? high * 1.08 : 1)]
    plot for [i = 1:VARIANTS] DATA using 1:(column(i + 1)) skip 1 with linespoints ls STYLE[i] pointinterval 20
    unset label 1
    unset label 2

    set lmargin at screen 0.485
    set rmargin at screen 0.83
    set ylabel 'fragmented GPU (% of idle GPU)'
    set yrange [0:100]
    set key at screen 0.845, 0.875 left top Left reverse samplen 2.5 spacing 1.35 font ',12' \
        textcolor rgb '#222222' noenhanced
    plot for [i = 1:VARIANTS] DATA using 1:(column(i + 1 + VARIANTS)) skip 1 with linespoints ls STYLE[i] \
        pointinterval 20 title variant(i)
    unset key
    unset multiplot
    set output
}
