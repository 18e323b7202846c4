/* status.h - what a function that can fail returns; the values are the documented exit codes. */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

typedef enum Status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,       /* input or output failed, out of memory, internal */
    STATUS_USAGE = 2,        /* wrong command line */
    STATUS_BAD_INPUT = 3,    /* scenario or data invalid */
    STATUS_UNEXPECTED = 4,   /* an expectation or a gate failed */
    STATUS_INCONCLUSIVE = 5, /* a gate could not tell */
    STATUS_PARTIAL = 6,      /* only part of the results exists */
    STATUS_INTERRUPTED = 130
} Status;

#endif
