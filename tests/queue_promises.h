/* queue_promises.h - what holds of every tree of queues that loads, for fuzzers. */
#ifndef TESTS_QUEUE_PROMISES_H
#define TESTS_QUEUE_PROMISES_H

#include "core/queue.h"

/* The promise that the tree breaks; NULL: none. */
const char *queue_promise_broken(const QueueTree *tree);

#endif
