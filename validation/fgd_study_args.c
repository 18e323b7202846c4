/* fgd_study_args.c - the command line of fgd-study. */
#include "validation/fgd_study_args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/policies/registry.h"

/* The study's names for our packing policies. Any other name is looked up as it is. */
static const struct {
    const char *published;
    const char *ours;
} POLICY_NAMES[] = {
    {"Random", "random"},          {"DotProd", "dot-product"}, {"GpuClustering", "gpu-clustering"},
    {"GpuPacking", "gpu-packing"}, {"BestFit", "best-fit"},    {"FGD", "fgd"},
};
#define POLICY_NAME_COUNT ((int)(sizeof(POLICY_NAMES) / sizeof(POLICY_NAMES[0])))

static const char ALL_POLICIES[] = "Random,DotProd,GpuClustering,GpuPacking,BestFit,FGD";

static void usage_print(FILE *stream)
{
    fputs(
        "usage: fgd-study --nodes FILE --pods FILE [--arrivals FILE] [--ranks FILE]\n"
        "                 [--policies all|NAME,NAME] [--seeds 42,43,...] [--out FILE]\n"
        "                 [--draws N] [--threads N] [--scan] [--hashes]\n"
        "\n"
        "Fills the cluster with the workload up to 130 % of its GPUs and writes, for each policy\n"
        "and seed, one row per whole per cent of arrived demand from 0 to 130:\n"
        "  workload,policy,seed,arrived_pct,alloc_pct,frag_amount_pct,frag_ratio_pct\n"
        "\n"
        "  --arrivals, --ranks  recorded orders of arrival and node ranks, a column seedN for "
        "each\n"
        "                       seed; without them they are drawn from the seed\n"
        "  --policies  all (the six of the study), or names: Random DotProd GpuClustering\n"
        "              GpuPacking BestFit FGD, or any of `gpuplan list policies`\n"
        "  --draws N   random policies: the mean over N own draws on each order (default 1)\n"
        "  --scan      score every node each time, without the index\n"
        "  --hashes    also print the fact hash of each run on standard error\n"
        "  --out FILE  default: standard output\n",
        stream);
}

static bool number_read(const char *option, const char *text, int most, int *value)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || errno != 0 || number < 1 || number > most) {
        fprintf(stderr, "fgd-study: %s %s: expected a whole number from 1 to %d\n", option, text,
                most);
        return false;
    }
    *value = (int)number;
    return true;
}

static bool seeds_read(const char *list, StudyArguments *arguments)
{
    arguments->seed_count = 0;
    for (const char *at = list; *at != '\0';) {
        char *end;
        errno = 0;
        unsigned long long seed = strtoull(at, &end, 10);
        if (*at < '0' || *at > '9' || errno != 0 || (*end != ',' && *end != '\0') ||
            arguments->seed_count == STUDY_SEEDS_MAX) {
            fprintf(stderr,
                    "fgd-study: --seeds %s: expected at most %d whole numbers with commas\n", list,
                    STUDY_SEEDS_MAX);
            return false;
        }
        arguments->seeds[arguments->seed_count++] = seed;
        at = *end == ',' ? end + 1 : end;
    }
    if (arguments->seed_count == 0) {
        fputs("fgd-study: --seeds: the list is empty; expected for example 42,43\n", stderr);
    }
    return arguments->seed_count > 0;
}

static bool policy_add(StudyArguments *arguments, const char *name, size_t length)
{
    char *kept = arguments->policy_name[arguments->policy_count];
    const size_t room = sizeof(arguments->policy_name[0]);
    snprintf(kept, room, "%.*s", (int)(length < room ? length : room - 1), name);
    const char *ours = kept;
    for (int i = 0; i < POLICY_NAME_COUNT; i++) {
        ours = strcmp(kept, POLICY_NAMES[i].published) == 0 ? POLICY_NAMES[i].ours : ours;
    }
    const PackPolicy *row = pack_policy(ours);
    if (row == NULL) {
        fprintf(
            stderr,
            "fgd-study: --policies: '%s' is no packing policy; expected one of %s, or a name of "
            "`gpuplan list policies`\n",
            kept, ALL_POLICIES);
        return false;
    }
    return pack_policy_fill(row, &arguments->policy[arguments->policy_count++]) != 0;
}

static bool policies_read(const char *list, StudyArguments *arguments)
{
    arguments->policy_count = 0;
    if (strcmp(list, "all") == 0) {
        list = ALL_POLICIES;
    }
    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (arguments->policy_count == STUDY_POLICIES_MAX) {
            fprintf(stderr, "fgd-study: --policies: at most %d\n", STUDY_POLICIES_MAX);
            return false;
        }
        if (!policy_add(arguments, at, length)) {
            return false;
        }
        at += length + (at[length] == ',');
    }
    if (arguments->policy_count == 0) {
        fputs("fgd-study: --policies: the list is empty; expected all, or for example FGD\n",
              stderr);
    }
    return arguments->policy_count > 0;
}

/* The part of the pods file's name between "openb_pod_list_" and its ending. */
static void workload_find(StudyArguments *arguments)
{
    static const char prefix[] = "openb_pod_list_";
    const char *slash = strrchr(arguments->pods, '/');
    const char *name = slash == NULL ? arguments->pods : slash + 1;
    if (strncmp(name, prefix, sizeof(prefix) - 1) == 0) {
        name += sizeof(prefix) - 1;
    }
    snprintf(arguments->workload, sizeof(arguments->workload), "%.*s", (int)strcspn(name, "."),
             name);
}

/* Takes one option. False if its value is wrong. */
static bool option_take(int letter, StudyArguments *arguments)
{
    switch (letter) {
    case 'n':
        arguments->nodes = optarg;
        return true;
    case 'p':
        arguments->pods = optarg;
        return true;
    case 'a':
        arguments->arrivals = optarg;
        return true;
    case 'r':
        arguments->ranks = optarg;
        return true;
    case 'o':
        arguments->out = optarg;
        return true;
    case 'S':
        arguments->scan = true;
        return true;
    case 'H':
        arguments->hashes = true;
        return true;
    case 'P':
        return policies_read(optarg, arguments);
    case 's':
        return seeds_read(optarg, arguments);
    case 'd':
        return number_read("--draws", optarg, STUDY_DRAWS_MAX, &arguments->draws);
    case 't':
        return number_read("--threads", optarg, 1024, &arguments->threads);
    default:
        return false;
    }
}

Status study_arguments_read(int argc, char **argv, StudyArguments *arguments, bool *help)
{
    static const struct option options[] = {{"nodes", required_argument, NULL, 'n'},
                                            {"pods", required_argument, NULL, 'p'},
                                            {"arrivals", required_argument, NULL, 'a'},
                                            {"ranks", required_argument, NULL, 'r'},
                                            {"policies", required_argument, NULL, 'P'},
                                            {"seeds", required_argument, NULL, 's'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"draws", required_argument, NULL, 'd'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"scan", no_argument, NULL, 'S'},
                                            {"hashes", no_argument, NULL, 'H'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    arguments->draws = 1; /* the rest is zero: main's record is static, and large */
    int letter;
    bool sound = seeds_read("42", arguments) && policies_read("all", arguments);
    while (sound && (letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (letter == 'h') {
            usage_print(stdout);
            *help = true;
            return STATUS_OK;
        }
        sound = option_take(letter, arguments);
    }
    if (sound && optind < argc) {
        fprintf(stderr, "fgd-study: '%s' is not an option\n", argv[optind]);
        sound = false;
    }
    if (sound && (arguments->nodes == NULL || arguments->pods == NULL)) {
        fputs("fgd-study: --nodes FILE and --pods FILE are needed\n", stderr);
        sound = false;
    }
    if (!sound) {
        fputs("fgd-study: see fgd-study --help\n", stderr);
        return STATUS_USAGE;
    }
    workload_find(arguments);
    return STATUS_OK;
}
