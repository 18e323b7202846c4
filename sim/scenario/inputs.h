/* inputs.h - what a scenario stands on that is not under test, as fingerprints.
 *
 * A change of policy is judged on the same fleet, workload, failures, prices, seed and
 * replications. These are inputs: every top-level key of a variant except those of INPUTS_NOT, and
 * every data file that they name. `policy` and `queues` are the candidate and may differ.
 */
#ifndef SIM_SCENARIO_INPUTS_H
#define SIM_SCENARIO_INPUTS_H

#include <stdint.h>

#include "core/arena.h"
#include "core/diagnostic.h"

#define SHA256_HEX 65 /* 64 digits and the end */

/* Keys that may differ between a baseline and a candidate; ended by NULL. */
extern const char *const INPUTS_NOT[];

typedef struct InputKey {
    const char *key;         /* a top-level key, in the order of their names */
    char sha256[SHA256_HEX]; /* of its value as canonical YAML */
} InputKey;

typedef struct VariantInputs {
    int32_t count;
    InputKey *keys; /* [count] */
} VariantInputs;

typedef struct InputFile {
    const char *name;        /* as the scenario writes it */
    const char *path;        /* where it was found */
    char sha256[SHA256_HEX]; /* of its bytes; "" until input_files_hash */
} InputFile;

typedef struct ScenarioInputs {
    VariantInputs *variants; /* [variants of the set] */
    int32_t file_count;
    InputFile *files; /* [file_count] by name */
} ScenarioInputs;

void text_sha256(const char *text, size_t size, char hex[SHA256_HEX]);

/* Reads the files. STATUS_FAILED with a diagnostic where one cannot be read. */
Status input_files_hash(ScenarioInputs *inputs, Diagnostics *diagnostics);

#endif
