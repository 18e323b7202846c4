/* gnuplot.c - scripts are fixed text; names reach them through files only, so no name can be code.
 */
#include "sim/report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/embedded.h"
#include "sim/report/atomic_file.h"
#include "sim/report/grid.h"

static const EmbeddedFile *script_find(const char *name)
{
    for (const EmbeddedFile *file = EMBEDDED_FILES; file->path != NULL; file++) {
        if (strncmp(file->path, "plots/", 6) == 0 && strcmp(file->path + 6, name) == 0) {
            return file;
        }
    }
    return NULL;
}

Status gnuplot_script_put(const char *folder, const char *name, Diagnostics *diagnostics)
{
    const EmbeddedFile *from = script_find(name);
    char *path = NULL;
    if (from == NULL) {
        return STATUS_FAILED;
    }
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return diagnostics_no_memory(diagnostics);
    }
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status == STATUS_OK) {
        fwrite(from->text, 1, from->size, file.stream);
        status = atomic_file_commit(&file, diagnostics);
    }
    free(path);
    return status;
}

int gnuplot_run(const char *folder, const char *settings, const char *script)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        if (null >= 0) {
            dup2(null, STDIN_FILENO);
            dup2(null, STDOUT_FILENO);
            dup2(null, STDERR_FILENO); /* gnuplot warns about much that is fine */
        }
        if (chdir(folder) == 0) {
            execlp("gnuplot", "gnuplot", "-e", settings != NULL ? settings : "", script,
                   (char *)NULL);
        }
        _exit(GNUPLOT_MISSING);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void gnuplot_text(const char *text, FILE *stream)
{
    for (; *text != '\0'; text++) {
        fputc((unsigned char)*text < 0x20 || *text == 0x7F ? ' ' : *text, stream);
    }
}

#define CELL_BYTES 200

void gnuplot_cell(const char *text, int width, FILE *stream)
{
    char name[CELL_BYTES];
    snprintf(name, sizeof name, "%s", text);
    bool longer = strlen(text) >= sizeof name; /* its last character may be a part of one */
    bool cut = longer || text_width(name) > width;
    while (name[0] != '\0' && (longer || (cut && text_width(name) > width - 1))) {
        longer = false;
        size_t last = strlen(name) - 1;
        while (last > 0 && ((unsigned char)name[last] & 0xC0) == 0x80) {
            last--;
        }
        name[last] = '\0';
    }
    for (char *at = name; *at != '\0'; at++) {
        *at = *at == '"' ? '\'' : *at;
    }
    fputc('"', stream);
    gnuplot_text(name, stream);
    fputs(cut ? "…\"" : "\"", stream);
}
