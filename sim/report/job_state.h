/* job_state.h - the states of a job by code, for columns that hold codes. */
#ifndef SIM_REPORT_JOB_STATE_H
#define SIM_REPORT_JOB_STATE_H

/* by code of core/world.h */
#define JOB_STATE_NAMES                                                                            \
    "future pending running completed rejected failed cancelled timeout suspended"

#endif
