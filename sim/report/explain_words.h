/* explain_words.h - reasons, times and remedies in words. */
#ifndef SIM_REPORT_EXPLAIN_WORDS_H
#define SIM_REPORT_EXPLAIN_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/report/wait_index.h"

#define WORDS_MAX 512

/* "1 d 2 h", "1 min 40 s", "0.25 s": exact. */
const char *span_words(int64_t ms, char buffer[WORDS_MAX]);

/* "fragmented.gpu", "blocked.quota"; "" where nothing is recorded. */
const char *cause_code(Cause cause, char buffer[WORDS_MAX]);

/* What is known beside the reason. */
typedef struct CauseFacts {
    int64_t gpu_milli;   /* of the whole job */
    int32_t tasks;       /* 0: not known */
    int64_t free_milli;  /* in sum when it began; -1: not known */
    bool others_exclude; /* other dimensions alone excluded nodes, too */
} CauseFacts;

/* "blocked: head of line", "fragmented: no node has 4 free GPUs although 6 are free in sum". facts
 * may be NULL. */
const char *cause_words(Cause cause, const CauseFacts *facts, char buffer[WORDS_MAX]);

/* What of the rules would have to change for a blocked job of that queue. */
const char *rule_remedy(int32_t block_detail, const char *queue, char buffer[WORDS_MAX]);

const char *dimension_words(int32_t detail); /* "GPUs", "GPU memory", "CPU" ... */
const char *stop_words(int32_t detail);      /* "preempted", ...; "" where it ended by itself */

/* Thousandths as people write them: "4", "0.5". */
const char *milli_words(int64_t milli, char buffer[WORDS_MAX]);

#endif
