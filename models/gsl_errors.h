/* gsl_errors.h - GSL's mistakes come back as values instead of ending the program. */
#ifndef MODELS_GSL_ERRORS_H
#define MODELS_GSL_ERRORS_H

/* Once, when a program starts: GSL's handler belongs to the whole process. After that a function of
 * GSL that fails (an underflow in a far tail, say) returns its best value or NaN, and callers look
 * at what they get. */
void gsl_errors_return(void);

#endif
