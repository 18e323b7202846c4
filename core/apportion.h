/* apportion.h - one amount in whole parts that sum to it: the method of largest remainders. */
#ifndef CORE_APPORTION_H
#define CORE_APPORTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"

/* Adds to part[i] what is due of `total` by weight[i] >= 0: each its quota rounded down, and one
 * more to those with the largest remainders, of equals to the first. False, and nothing is added,
 * where no weight is above 0. Hamilton's method; exact while total x weight has 127 bits, and
 * beyond that with weights of which the last bits are cut. */
bool apportion(int64_t total, const Int128 *weight, int32_t count, int64_t *part);

#endif
