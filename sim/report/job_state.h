/* job_state.h - the states of a job as files name them. */
#ifndef SIM_REPORT_JOB_STATE_H
#define SIM_REPORT_JOB_STATE_H

#include <stdint.h>

#define JOB_STATE_NAMES "future pending running completed rejected" /* by code of core/world.h */

const char *job_state_name(uint8_t state);

#endif
