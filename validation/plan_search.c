/* plan_search.c - the search of `gpuplan plan` against looking at every fleet: prints rows for the
 * validation table.
 *
 * Fleets are made up (tests/made_fleets.h): 200 cases of each kind, on the same replications for
 * both. What is wanted: the sample optimum in 98 %, never more than 2 % dearer, and of two types by
 * 40 nodes at most a tenth of the runs. Each row is a tab-separated line: quantity, kind, source,
 * expected, measured, tolerance.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/made_fleets.h"

#define CASES_EACH 200

static void row_print(MadeKind kind, const char *what, double expected, double measured,
                      double tolerance)
{
    printf("plan, %s: %s, over %d cases\texhaustive\teach fleet on the same replications\t"
           "%.6g\t%.6g\t%.6g\n",
           MADE_NAMES[kind], what, CASES_EACH, expected, measured, tolerance);
}

int main(void)
{
    for (int kind = 0; kind < MADE_KIND_COUNT; kind++) {
        MadeScore score = {.dearest = 1.0};
        uint64_t first = (uint64_t)kind * 1000 + 1;
        for (uint64_t seed = first; seed < first + CASES_EACH; seed++) {
            if (!made_compare((MadeKind)kind, seed, &score)) {
                fputs("plan-search: out of memory\n", stderr);
                return EXIT_FAILURE;
            }
        }
        row_print((MadeKind)kind, "share in which the optimum is found", 1.0,
                  (double)score.found / score.cases, 0.02);
        row_print((MadeKind)kind, "cost of what is found / least cost, the worst", 1.0,
                  score.wrong > 0 ? 2.0 : score.dearest, 0.02);
        if (kind == MADE_TWO_TYPES) {
            row_print((MadeKind)kind,
                      "runs / runs of exhaustive search, the most; tolerance: a tenth", 0.0,
                      score.share_most, 0.10);
        }
    }
    return EXIT_SUCCESS;
}
