# busy.gp - how busy do GPUs look over time, and how much do they produce? Left: what a device counter would show at most.
# Right: what advanced and was kept.
#
# Run in the folder that `gpuplan report RUN.h5 --plots DIR` wrote: gnuplot busy.gp
FIGURE = 'busy'
LEFT = 'looks busy, at most (% of capacity)'
RIGHT = 'productive (% of capacity)'
FULL = 1
load 'over_time.gp'
