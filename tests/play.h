/* play.h - a stage with queues and flavors, for tests of shares, admission and orders. */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "tests/stage.h"

#define PLAY_QUEUES_MAX 7
#define GPU(amount) ((int64_t)(amount)*1000)

typedef struct Play {
    Stage stage;
    Queue queues[PLAY_QUEUES_MAX]; /* linked when the play runs */
    const char *names[PLAY_QUEUES_MAX];
    Flavor flavors[2];
} Play;

/* One node of `gpus` GPUs; roots "a", "b", ... besides the default queue, which is 0; a scan that
 * skips. */
void play_open(Play *play, int32_t gpus, int32_t queue_count);

/* Slots by name; NULL leaves one as it is. */
void play_policy(Play *play, const char *order, const char *share, const char *admit);

/* A gang of one-GPU tasks in a queue. */
Request play_job(int64_t submit_s, int64_t duration_s, int32_t tasks, const char *queue);

/* Own quota of GPUs. */
void play_quota(Play *play, QueueId queue, int64_t gpus);

void play_run(Play *play, int32_t job_count);
void play_close(Play *play);

int64_t play_deserved(const Play *play, QueueId queue); /* milli-GPU, when last computed */
int64_t play_placed(const Play *play, QueueId queue);   /* milli-GPU, now */

#endif
