/* alloc_interposer.h - malloc and its kin, with a counter that makes the n-th call fail.
 *
 * Linked into a program, these functions take the place of the C library's for every library of the process, so
 * an allocation inside libyaml or jansson fails like one of ours.
 */
#ifndef TESTS_ALLOC_INTERPOSER_H
#define TESTS_ALLOC_INTERPOSER_H

#include <stdbool.h>

/* From now on the n-th allocation (from 1) returns NULL, and with `and_all_later` every one after it. 0: none. */
void alloc_arm(long n, bool and_all_later);
void alloc_disarm(void);

long alloc_count(void); /* allocations since the program started */
bool alloc_fired(void); /* since it was armed, did one fail? */
long alloc_live(void);  /* blocks handed out and not given back */

#endif
