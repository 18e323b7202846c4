/* suite.c - main of every test program. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/suite.h"

#include "models/gsl_errors.h"

int main(void)
{
    gsl_errors_return();
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_pSuite suite = CU_add_suite(SUITE, NULL, NULL);
    if (suite == NULL) {
        return EXIT_FAILURE;
    }
    for (const TestCase *test = CASES; test->name != NULL; test++) {
        if (CU_add_test(suite, test->name, test->run) == NULL) {
            return EXIT_FAILURE;
        }
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_ErrorCode code = CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed();
    unsigned run = CU_get_number_of_tests_run();
    printf("%s: %u passed, %u failed\n", SUITE, run - failed, failed);
    CU_cleanup_registry();
    return code == CUE_SUCCESS && failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
