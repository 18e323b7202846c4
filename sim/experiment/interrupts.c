/* interrupts.c - a signal handler can reach nothing but globals; these hold a wish and a name, no
 * state of a run. */
#include "sim/experiment/interrupts.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t wanted; /* the signal that came first */
static volatile sig_atomic_t last;   /* as above, kept after the release */
static const char *volatile guarded;
static struct sigaction before_int, before_term;

/* The default action follows as soon as this returns: the signal is blocked until then. */
static void end_at_once(int number)
{
    const char *path = guarded;
    if (path != NULL) {
        (void)unlink(path);
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void note(int number)
{
    static const char said[] = "\ngpuplan: stopping once the running replications are complete; "
                               "Ctrl-C again ends at once\n";
    if (wanted != 0) {
        end_at_once(number);
        return;
    }
    wanted = number;
    last = number;
    ssize_t ignored = write(STDERR_FILENO, said, sizeof(said) - 1);
    (void)ignored;
}

void interrupts_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, &before_int);
    sigaction(SIGTERM, &action, &before_term);
}

void interrupts_release(void)
{
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGTERM, &before_term, NULL);
    wanted = 0;
}

bool interrupts_wanted(void)
{
    return wanted != 0;
}

int interrupts_exit_code(void)
{
    return last == SIGTERM ? 143 : 130;
}

void interrupts_guard(const char *path)
{
    guarded = path;
}
