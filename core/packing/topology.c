/* topology.c - how many tasks of a gang each domain (a node, a rack, a zone) gets.
 *
 * Pure functions of the domains' rooms; the caller decides what a domain is and places the tasks
 * in it. Best fit and least free capacity are Kueue's topology-aware scheduling: best fit for
 * required and preferred levels, least free capacity where the level does not matter. The tightest
 * domain that holds all is KAI Scheduler's choice.
 */
#include "core/packing/internal.h"

/* The free domain with the least room that is at least `enough`, lowest first; -1: none. */
static int32_t smallest_domain(int32_t domain_count, const int32_t *rooms, const int32_t *counts,
                               int32_t enough)
{
    int32_t best = -1;
    for (int32_t domain = 0; domain < domain_count; domain++) {
        if (counts[domain] == 0 && rooms[domain] >= enough &&
            (best < 0 || rooms[domain] < rooms[best])) {
            best = domain;
        }
    }
    return best;
}

static int32_t largest_domain(int32_t domain_count, const int32_t *rooms, const int32_t *counts)
{
    int32_t best = -1;
    for (int32_t domain = 0; domain < domain_count; domain++) {
        if (counts[domain] == 0 && (best < 0 || rooms[domain] > rooms[best])) {
            best = domain;
        }
    }
    return best;
}

/* Does the sum of the rooms hold the tasks? -1: a room is negative. */
static int rooms_hold(int32_t domain_count, const int32_t *rooms, int32_t tasks)
{
    int64_t sum = 0;
    for (int32_t domain = 0; domain < domain_count; domain++) {
        if (rooms[domain] < 0) {
            return -1;
        }
        sum += rooms[domain];
    }
    return sum >= tasks;
}

GpStatus gp_domains_fill(int32_t rule, int32_t domain_count, const int32_t *rooms, int32_t tasks,
                         int32_t *counts)
{
    if (rule < GP_DOMAINS_BEST_FIT || rule > GP_DOMAINS_TIGHTEST || domain_count < 0 || tasks < 1) {
        return GP_BAD_ARGUMENT;
    }
    for (int32_t domain = 0; domain < domain_count; domain++) {
        counts[domain] = 0;
    }
    int hold = rooms_hold(domain_count, rooms, tasks);
    if (hold <= 0) {
        return hold < 0 ? GP_BAD_ARGUMENT : GP_NO_FIT;
    }
    int32_t left = tasks;
    int32_t domain = smallest_domain(domain_count, rooms, counts, left); /* one for all */
    if (domain < 0 && rule == GP_DOMAINS_TIGHTEST) {
        return GP_NO_FIT;
    }
    while (left > 0) {
        if (domain < 0) {
            domain = rule == GP_DOMAINS_BEST_FIT ? largest_domain(domain_count, rooms, counts)
                                                 : smallest_domain(domain_count, rooms, counts, 1);
        }
        counts[domain] = rooms[domain] < left ? rooms[domain] : left;
        left -= counts[domain];
        /* Best fit asks again whether one domain holds the rest. */
        domain =
            rule == GP_DOMAINS_BEST_FIT ? smallest_domain(domain_count, rooms, counts, left) : -1;
    }
    return GP_OK;
}
