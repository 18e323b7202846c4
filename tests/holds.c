/* holds.c - a scenario in its own words, run with the audit on. */
#include "tests/holds.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "sim/experiment/expect.h"
#include "sim/experiment/experiment.h"

void holds(const char *text)
{
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set = {0};
    ExpectList list = {0};
    ExperimentResult result = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    LoadOptions load = {0};
    Status status =
        scenario_load_text("test.yaml", text, strlen(text), &load, &arena, &diagnostics, &set);
    status = status == STATUS_OK ? expect_parse(&set, &arena, &diagnostics, &list) : status;
    if (status == STATUS_OK) {
        ExperimentOptions options = {.threads = 1, .expects = &list, .audit = true};
        status = experiment_run(&set, &options, &arena, &diagnostics, &result);
    }
    if (status != STATUS_OK) {
        diagnostics_print(&diagnostics, stderr, false);
    }
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    CU_ASSERT_EQUAL(expect_judge(&list, &result, &arena, &diagnostics), STATUS_OK);
    CU_ASSERT(result.expect_count > 0);
    for (int32_t i = 0; i < result.expect_count; i++) {
        const ExpectOutcome *outcome = &result.expects[i];
        if (!outcome->passed) {
            printf("[%s] %s: found %s\n", outcome->variant, outcome->text, outcome->found_text);
        }
    }
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

void holds_body(const char *body)
{
    char text[4096];
    int length = snprintf(text, sizeof text, "gpuplan: 1\nname: body\n%s", body);
    CU_ASSERT_FATAL(length > 0 && (size_t)length < sizeof text);
    holds(text);
}
