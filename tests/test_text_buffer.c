/* test_text_buffer.c - pieces become one text, and a refused piece is not forgotten. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text_buffer.h"
#include "tests/suite.h"

/* Goal: nothing is lost when the text grows. Method: 5000 pieces of three bytes, far past the first allocation. */
static void pieces_become_one_text(void)
{
    TextBuffer buffer = {0};
    for (int i = 0; i < 5000; i++) {
        CU_ASSERT_EQUAL(text_append("abc", 3, &buffer), 0);
    }
    CU_ASSERT_EQUAL(buffer.length, 15000);
    char *text = text_take(&buffer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(strlen(text), 15000);
    CU_ASSERT_EQUAL(strncmp(text + 14997, "abc", 4), 0);
    CU_ASSERT_PTR_NULL(buffer.text);
    free(text);
}

/* Goal: a writer that overlooks one refusal still ends up with no text. Method: a size that no memory has. */
static void a_refusal_sticks(void)
{
    TextBuffer buffer = {0};
    CU_ASSERT_EQUAL(text_append("a", 1, &buffer), 0);
    CU_ASSERT_EQUAL(text_append("b", SIZE_MAX - 1, &buffer), -1);
    CU_ASSERT_EQUAL(text_append("c", 1, &buffer), -1);
    CU_ASSERT_PTR_NULL(text_take(&buffer));
}

const char *const SUITE = "text_buffer";
const TestCase CASES[] = {
    {"pieces become one text", pieces_become_one_text},
    {"a refusal sticks", a_refusal_sticks},
    {NULL, NULL},
};
