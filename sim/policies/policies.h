/* policies.h - declares each policy of this folder, for the arrays in registry.c. */
#ifndef SIM_POLICIES_POLICIES_H
#define SIM_POLICIES_POLICIES_H

#include "core/policy.h"

extern const OrderPolicy order_fifo;
extern const OrderPolicy order_priority;
extern const SharePolicy share_none;
extern const AdmitPolicy admit_none;
extern const ScanPolicy scan_strict;
extern const ScanPolicy scan_skip;
extern const ScanPolicy scan_drop;
extern const EvictPolicy evict_none;

#endif
