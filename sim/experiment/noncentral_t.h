/* noncentral_t.h - the distribution of a t statistic whose mean is not zero. GSL has none. */
#ifndef SIM_EXPERIMENT_NONCENTRAL_T_H
#define SIM_EXPERIMENT_NONCENTRAL_T_H

/* P(T > t), where T = (Z + shift) / sqrt(chi-square(freedom) / freedom). freedom >= 1. The exact
 * series of Lenth, Algorithm AS 243, Applied Statistics 38 (1989), 185-189; to about 1e-10. A shift
 * beyond +-1000 counts as that. */
double noncentral_t_above(double t, double freedom, double shift);

#endif
