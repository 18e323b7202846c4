/* expect_parser.h - what the parts of the reader of `expect:` lines share. */
#ifndef SIM_EXPERIMENT_EXPECT_PARSER_H
#define SIM_EXPERIMENT_EXPECT_PARSER_H

#include "sim/experiment/expect.h"

typedef struct ExpectParser {
    const ScenarioSet *set;
    Arena *arena;
    Diagnostics *diagnostics;
    Expectation *item;
} ExpectParser;

/* Records a mistake in the line; `word` is put into the format. Always false. */
bool expect_mistake(ExpectParser *parser, const char *nearest, const char *help, const char *format,
                    const char *word);
bool expect_not_there_yet(ExpectParser *parser, const char *what);

/* Reads a path, which it cuts apart at its dots, into parser->item. */
bool expect_path_parse(ExpectParser *parser, char *path);

#endif
