/* remedy_none.c - a node that is out is given up at once; nothing else is seen or done.
 *
 * The baseline: no detection, no repair but the one that somebody else begins by himself.
 */
#include "sim/policies/policies.h"
#include "sim/policies/remedies.h"

static RemedyAction react(const World *world, const Notice *notice)
{
    (void)world;
    return remedy_is_out(notice) ? remedy_give_up(notice, remedy_by_people(notice))
                                 : REMEDY_NOTHING;
}

const RemedyPolicy remedy_none = {
    .name = "none",
    .summary = "a node that is out is given up at once, nothing else is seen",
    .react = react,
};
