/* play.c - a stage with queues. */
#include "tests/play.h"

#include "sim/policies/registry.h"

void play_open(Play *play, int32_t gpus, int32_t queue_count)
{
    static const char *const NAMES[PLAY_QUEUES_MAX] = {"default", "a", "b", "c", "d", "e", "f"};
    stage_open(&play->stage, 1, gpus, "skip");
    for (int32_t queue = 0; queue <= queue_count; queue++) {
        play->queues[queue] = queue_default(NAMES[queue]);
        play->names[queue] = NAMES[queue];
    }
    play->flavors[0] = (Flavor){.name = "any"};
    play->flavors[1] = (Flavor){.name = "other"};
    play->stage.scenario.queues = (QueueTree){.count = queue_count + 1,
                                              .queues = play->queues,
                                              .names = play->names,
                                              .declared = true,
                                              .flavor_count = 1,
                                              .flavors = play->flavors};
}

void play_policy(Play *play, const char *order, const char *share, const char *admit)
{
    PolicySet *policy = &play->stage.scenario.policy;
    policy->order = order != NULL ? order_policy(order) : policy->order;
    policy->share = share != NULL ? share_policy(share) : policy->share;
    policy->admit = admit != NULL ? admit_policy(admit) : policy->admit;
}

Request play_job(int64_t submit_s, int64_t duration_s, int32_t tasks, const char *queue)
{
    Request request = stage_job(submit_s, duration_s, tasks, 1);
    request.queue = queue;
    return request;
}

void play_quota(Play *play, QueueId queue, int64_t gpus)
{
    play->queues[queue].quota.nominal[GP_AXIS_GPU] = GPU(gpus);
}

void play_run(Play *play, int32_t job_count)
{
    queues_link(play->queues, play->stage.scenario.queues.count);
    stage_run(&play->stage, job_count);
}

void play_close(Play *play)
{
    stage_close(&play->stage);
}

int64_t play_deserved(const Play *play, QueueId queue)
{
    return play->stage.world->share.deserved[queue * GP_AXES + GP_AXIS_GPU];
}

int64_t play_placed(const Play *play, QueueId queue)
{
    return play->stage.world->queue_allocated[queue * GP_AXES + GP_AXIS_GPU];
}
