/* holds.h - a scenario in its own words, run with the audit on. */
#ifndef TESTS_HOLDS_H
#define TESTS_HOLDS_H

/* It must load and run, and every `expect:` line, of which there is one at least, must hold. */
void holds(const char *text);

/* The same of a text without its version and name. */
void holds_body(const char *body);

#endif
