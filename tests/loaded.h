/* loaded.h - tests load a scenario from text and look at what came of it. */
#ifndef TESTS_LOADED_H
#define TESTS_LOADED_H

#include <stdbool.h>

#include "sim/scenario/load.h"

/* A cluster of two nodes with 8 GPUs, one job; to be followed by more keys. */
#define CLUSTER                                                                                    \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: {count: 8, model: H100, memory: 80Gi}, cpu: 64, memory: 1Ti}}\n"          \
    "  nodes: [{name: a, type: h, count: 2}]\n"
#define JOB "workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]\n"
#define SMALL CLUSTER JOB

typedef struct Loaded {
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    Status status;
} Loaded;

void loaded_text(Loaded *loaded, const char *text);
void loaded_with_set(Loaded *loaded, const char *text, const char *set);
void loaded_file(Loaded *loaded, const char *path, const char *data_dir);
void loaded_free(Loaded *loaded);

/* Is there an error of this code whose message holds the fragment? */
bool loaded_says(const Loaded *loaded, const char *code, const char *fragment);

/* Loads and frees: is the text refused with exactly one error, of this code, that holds the
 * fragment? */
bool refused_for(const char *text, const char *code, const char *fragment);
bool accepted(const char *text);

/* A folder that is made for one test, and files in it. Paths live until folder_remove. */
typedef struct Folder {
    char path[64];
    char files[16][128];
    int count;
} Folder;

void folder_make(Folder *folder);
const char *folder_file(Folder *folder, const char *name, const char *text);
void folder_remove(Folder *folder);

#endif
