/* gsl_errors.c - switches GSL's error handler off. */
#include "models/gsl_errors.h"

#include <gsl/gsl_errno.h>

void gsl_errors_return(void)
{
    gsl_set_error_handler_off();
}
