/* terms.h - declares the constant GpTerm of every line in term_list.h: gp_term_IDENTIFIER. */
#ifndef GPUPACK_TERMS_H
#define GPUPACK_TERMS_H

#include "core/packing/gpupack.h"

#if defined(__GNUC__)
#define GP_HIDDEN __attribute__((visibility("hidden")))
#else
#define GP_HIDDEN
#endif

#define GP_TERM(identifier) extern GP_HIDDEN const GpTerm gp_term_##identifier;
#include "core/packing/terms/term_list.h"
#undef GP_TERM

/* Are these options within bounds? A variant that the term has; lane weights finite and not
 * negative; coefficients finite; a curve of at most GP_CURVE_POINTS_MAX points, utilisation 0..100
 * ascending, scores 0..10. */
GP_HIDDEN int gp_term_options_sound(const GpTerm *term, const GpTermOptions *options);

#endif
