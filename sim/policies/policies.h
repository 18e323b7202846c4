/* policies.h - declares each policy of this folder, for the arrays in registry.c. */
#ifndef SIM_POLICIES_POLICIES_H
#define SIM_POLICIES_POLICIES_H

#include "core/policy.h"
#include "core/remedy.h"

extern const OrderPolicy order_fifo;
extern const OrderPolicy order_priority;
extern const OrderPolicy order_shortest;
extern const OrderPolicy order_smallest;
extern const OrderPolicy order_largest;
extern const OrderPolicy order_least_served;
extern const OrderPolicy order_multifactor;
extern const OrderPolicy order_kai;
extern const OrderPolicy order_volcano;
extern const OrderPolicy order_kueue;
extern const SharePolicy share_none;
extern const SharePolicy share_proportion;
extern const SharePolicy share_capacity;
extern const SharePolicy share_cohort;
extern const SharePolicy share_drf;
extern const SharePolicy share_kai;
extern const AdmitPolicy admit_none;
extern const AdmitPolicy admit_quota;
extern const AdmitPolicy admit_cohort;
extern const AdmitPolicy admit_cohort_placed;
extern const AdmitPolicy admit_deserved;
extern const AdmitPolicy admit_enqueue;
extern const AdmitPolicy admit_kai;
extern const ScanPolicy scan_strict;
extern const ScanPolicy scan_skip;
extern const ScanPolicy scan_drop;
extern const ScanPolicy scan_easy;
extern const ScanPolicy scan_conservative;
extern const EvictPolicy evict_none;
extern const EvictPolicy evict_priority;
extern const EvictPolicy evict_tier;
extern const EvictPolicy evict_qos;
extern const EvictPolicy evict_kueue;
extern const EvictPolicy evict_reclaim;
extern const EvictPolicy evict_kai;
extern const EvictPolicy evict_consolidation;
extern const RemedyPolicy remedy_none;
extern const RemedyPolicy remedy_kubernetes;
extern const RemedyPolicy remedy_slurm;
extern const RemedyPolicy remedy_nvsentinel;
extern const RemedyPolicy remedy_agent;

#endif
