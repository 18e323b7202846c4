# away.gp - how many GPUs could not be used, and how many could but were not to? Left: out of service. Right: cordoned,
# banned or in planned maintenance.
#
# Run in the folder that `gpuplan report RUN.h5 --plots DIR` wrote: gnuplot away.gp
FIGURE = 'away'
LEFT = 'out of service (% of capacity)'
RIGHT = 'drained (% of capacity)'
FULL = 0
load 'over_time.gp'
