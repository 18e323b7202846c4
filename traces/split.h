/* split.h - requests cut into pieces of one GPU: the twin that shows what shape costs. */
#ifndef TRACES_SPLIT_H
#define TRACES_SPLIT_H

#include "core/job.h"

/* Each task with several GPUs becomes as many tasks with one, its other lanes divided evenly and
 * rounded up; nothing has to be near anything else. What ran together still does: the pieces of a
 * single task become a gang that advances as one, a gang stays one with as many more members. Tasks
 * of a job that are independent of each other fall into independent pieces. `to` gets rows of its
 * own (malloc); traits are in the arena. False if memory ran out. */
bool requests_split(const RequestList *from, Arena *arena, RequestList *to);

#endif
