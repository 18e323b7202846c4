/* measure.c - runs a command several times and prints the least wall time, CPU time and peak memory.
 *
 * usage: measure TIMES COMMAND [ARGUMENT...]   prints: wall_s cpu_s peak_kib
 * The least of several runs is what the program needs; what is above it is what else the machine did. Standard
 * output of the command is dropped. The exit status is that of the first run that failed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static double least(double best, double value, int first)
{
    return first || value < best ? value : best;
}

int main(int argc, char **argv)
{
    int times = argc > 2 ? atoi(argv[1]) : 0;
    if (times < 1) {
        fprintf(stderr, "usage: measure TIMES COMMAND [ARGUMENT...]\n");
        return 2;
    }
    double wall_s = 0;
    double cpu_s = 0;
    double peak_kib = 0;
    for (int i = 0; i < times; i++) {
        double start_s = seconds_now();
        pid_t child = fork();
        if (child == 0) {
            dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
            execvp(argv[2], argv + 2);
            perror(argv[2]);
            _exit(127);
        }
        int status = 0;
        struct rusage usage;
        if (child < 0 || wait4(child, &status, 0, &usage) != child) {
            perror("measure");
            return 1;
        }
        double end_s = seconds_now();
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
            fprintf(stderr, "measure: %s ended with status %d\n", argv[2], code);
            return code;
        }
        wall_s = least(wall_s, end_s - start_s, i == 0);
        cpu_s = least(cpu_s, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), i == 0);
        peak_kib = least(peak_kib, (double)usage.ru_maxrss, i == 0);
    }
    printf("%.4f %.4f %.0f\n", wall_s, cpu_s, peak_kib);
    return 0;
}
