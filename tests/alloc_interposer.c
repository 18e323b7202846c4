/* alloc_interposer.c - the allocator's public names over glibc's own, counting and failing on demand. */
#include "tests/alloc_interposer.h"

#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc exports its allocator under these names for exactly this use. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

void *memalign(size_t alignment, size_t size);

static atomic_long fail_at;  /* calls left until one fails; 0: not armed */
static atomic_bool fail_all; /* go on failing after it */
static atomic_bool fired;
static atomic_long live;
static atomic_long calls;

void alloc_arm(long n, bool and_all_later)
{
    if (getenv("ALLOC_FAIL_TRACE") != NULL) {
        void *frame;
        backtrace(&frame, 1); /* loads what it needs, which allocates */
    }
    fired = false;
    fail_all = and_all_later;
    fail_at = n;
}

void alloc_disarm(void)
{
    fail_at = 0;
    fail_all = false;
}

long alloc_count(void)
{
    return calls;
}

bool alloc_fired(void)
{
    return fired;
}

long alloc_live(void)
{
    return live;
}

/* With ALLOC_FAIL_TRACE in the environment: who asked for the block that was refused? */
static void trace_refusal(void)
{
    if (getenv("ALLOC_FAIL_TRACE") != NULL) {
        void *frames[32];
        backtrace_symbols_fd(frames, backtrace(frames, 32), STDERR_FILENO);
    }
}

static bool refused(void)
{
    calls++;
    if (fail_at == 0) {
        return false;
    }
    if (fail_at > 1) {
        fail_at--;
        return false;
    }
    if (!fail_all) {
        fail_at = 0;
    }
    if (!fired) {
        fired = true;
        trace_refusal();
    }
    errno = ENOMEM;
    return true;
}

static void *handed_out(void *block)
{
    if (block != NULL) {
        live++;
    }
    return block;
}

void *malloc(size_t size)
{
    return refused() ? NULL : handed_out(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return refused() ? NULL : handed_out(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    if (block == NULL) {
        return malloc(size);
    }
    if (size == 0) {
        free(block);
        return NULL;
    }
    return refused() ? NULL : __libc_realloc(block, size);
}

void free(void *block)
{
    if (block != NULL) {
        live--;
    }
    __libc_free(block);
}

void *memalign(size_t alignment, size_t size)
{
    return refused() ? NULL : handed_out(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}
