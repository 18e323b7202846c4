/* job_state.h - the states of a job by code, for columns that hold codes. */
#ifndef SIM_REPORT_JOB_STATE_H
#define SIM_REPORT_JOB_STATE_H

#include <stdint.h>
#include <string.h>

/* by code of core/world.h */
#define JOB_STATE_NAMES                                                                            \
    "future pending running completed rejected failed cancelled timeout suspended"

/* Where the name of a code begins; *length: how long it is, 0 if there is none. */
static inline const char *job_state_name(int32_t state, int *length)
{
    const char *at = JOB_STATE_NAMES;
    for (int32_t i = 0; i < state; i++) {
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    *length = (int)strcspn(at, " ");
    return at;
}

#endif
