/* remedies.h - what remedy policies share: which fault it is, and what mends it. */
#ifndef SIM_POLICIES_REMEDIES_H
#define SIM_POLICIES_REMEDIES_H

#include "core/remedy.h"

/* Whole nodes do nothing. */
bool remedy_is_out(const Notice *notice);

/* Something of the GPU itself: a class of Xids that is no application's, or a device that is out.
 */
bool remedy_is_gpu(const Notice *notice);

/* Nothing is done. */
extern const RemedyAction REMEDY_NOTHING;

/* The node takes nothing new, its tasks go when it is its turn; at once if it was planned. */
RemedyAction remedy_give_up(const Notice *notice, uint8_t cure);

/* Who is called where nothing mends itself and no machine tries: a repair that is staged. */
uint8_t remedy_by_people(const Notice *notice);

/* Reset, reboot, repair: the first step by the fault's class, the next after each that did not
 * help. */
uint8_t remedy_ladder(const Notice *notice);

/* The faulty devices where a reset will do and partial drains are wanted, else the node. */
uint8_t remedy_whom(const World *world, uint8_t cure);

#endif
