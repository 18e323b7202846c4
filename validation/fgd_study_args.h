/* fgd_study_args.h - the command line of fgd-study. */
#ifndef VALIDATION_FGD_STUDY_ARGS_H
#define VALIDATION_FGD_STUDY_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packing/gpupack.h"
#include "core/status.h"

#define STUDY_SEEDS_MAX 1000
#define STUDY_POLICIES_MAX 64
#define STUDY_DRAWS_MAX 100000

typedef struct StudyArguments {
    const char *nodes, *pods, *arrivals, *ranks, *out;
    int draws;
    int threads; /* 0: as OpenMP says */
    bool scan;
    bool hashes;
    char workload[256]; /* from the pods file's name */
    int seed_count;
    uint64_t seeds[STUDY_SEEDS_MAX];
    int policy_count;
    char policy_name[STUDY_POLICIES_MAX][64];
    GpPolicy policy[STUDY_POLICIES_MAX];
} StudyArguments;

/* `arguments` is zero on entry. STATUS_USAGE after a message on standard error; *help: the help was
 * asked for and printed. */
Status study_arguments_read(int argc, char **argv, StudyArguments *arguments, bool *help);

#endif
