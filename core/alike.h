/* alike.h - numbers rows of a source that differ only in name, user and times.
 *
 * A log of a million jobs has a few hundred different ones. What follows from all else that a row
 * says is worked out once for each number.
 */
#ifndef CORE_ALIKE_H
#define CORE_ALIKE_H

#include "core/intern.h"
#include "core/job.h"

typedef struct Alikes {
    Intern table;
    const Request **first; /* [count] the first row met of each number; not owned */
    int32_t count;
    int32_t capacity;
} Alikes;

void alikes_init(Alikes *alikes);
void alikes_free(Alikes *alikes);

/* The row's number, the next one if there is none like it; -1: memory ran out. Texts and traits are
 * compared by their address: equal ones at two addresses only make a number more. */
int32_t alikes_number(Alikes *alikes, const Request *row);

#endif
