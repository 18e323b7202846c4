/* holds.h - a scenario in its own words, run with the audit on. */
#ifndef TESTS_HOLDS_H
#define TESTS_HOLDS_H

/* `body`: all but the version and the name. Every `expect:` line must hold. */
void holds(const char *body);

#endif
