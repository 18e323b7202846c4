/* build_policy.h - the pieces of building a scheduler that live in files of their own. */
#ifndef SIM_SCENARIO_BUILD_POLICY_H
#define SIM_SCENARIO_BUILD_POLICY_H

#include "sim/policies/registry.h"
#include "sim/scenario/build.h"

extern const KeyObject KEYS_ORDER, KEYS_SHARE, KEYS_ADMIT, KEYS_SCAN, KEYS_EVICT, KEYS_ESTIMATES;

/* Every slot but pack, with its options. */
bool build_slots(Loader *loader, const PolicySpec *spec, const Preset *from, PolicySet *policy);

/* An option as given; left as it is where nothing is. Choices by the key's own words. */
void take_amount(int64_t *option, const SpecNumber *given);
void take_count(int32_t *option, const SpecNumber *given);
void take_yes(bool *option, const SpecNumber *given);
void take_choice(int32_t *option, const SpecText *given, const KeyObject *object, const char *key);

/* The remedy, and what becomes of gangs that lost a member. */
bool build_remedy(Loader *loader, const RemedySpec *spec, const Preset *from, PolicySet *policy);

/* Do spares leave a node to work on? */
bool build_spares_fit(Loader *loader, const RemedySpec *spec, const Scenario *scenario);

#endif
