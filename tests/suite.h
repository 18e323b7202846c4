/* suite.h - a test file lists its cases; suite.c runs them under CUnit.
 *
 * Each tests/test_NAME.c is one program. It defines SUITE and CASES and includes no main. CUnit's assertions
 * apply: CU_ASSERT_EQUAL and friends (non-fatal), CU_ASSERT_FATAL where going on makes no sense.
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <CUnit/CUnit.h>

typedef struct TestCase {
    const char *name; /* NULL ends the list */
    void (*run)(void);
} TestCase;

extern const char *const SUITE;
extern const TestCase CASES[];

#endif
