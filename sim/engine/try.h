/* try.h - one job's turn: rules, places, reservations, and who could give way. */
#ifndef SIM_ENGINE_TRY_H
#define SIM_ENGINE_TRY_H

#include "sim/engine/engine.h"

typedef enum Outcome {
    TRY_DONE,        /* nothing of the job waits any more */
    TRY_TURN,        /* a task found a place; the others have their turn later */
    TRY_STAYS,       /* this job cannot start (further) now; others of its class may */
    TRY_REFUSED,     /* likewise: it would delay a reservation */
    TRY_CLASS_STAYS, /* nor can any other of its class */
    TRY_MADE_ROOM    /* others were told to give way: everything is looked at again */
} Outcome;

typedef struct TryOptions {
    bool plans;  /* reservations are kept, and made for who cannot start */
    bool evicts; /* others may be asked to give way */
} TryOptions;

Outcome job_try(Engine *engine, JobId job, TryOptions options);

/* Admission alone, where it is a step of its own: true if the job is in, now or before. */
bool job_let_in(Engine *engine, JobId job);

/* A nominated job whose victims are gone takes its places, or any, before anybody else. */
bool nominee_place(Engine *engine, const Nominee *nominee);

/* An elastic job takes one more place above its nominal size. */
bool job_grow(Engine *engine, JobId job);

#endif
