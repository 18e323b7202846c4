/* atomic_file.c - write beside the target, flush to the disk, rename. */
#include "sim/report/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/experiment/interrupts.h"
#include "sim/report/report.h"

static Status io_error(Diagnostics *diagnostics, const char *path, const char *what, int error)
{
    const char *help = error == ENOSPC || error == EFBIG || error == EDQUOT
                           ? "free some space, or write elsewhere; nothing was left behind"
                           : NULL;
    Place place = {.file = path};
    diagnostics_error(diagnostics, place, "io", help, "cannot %s: %s", what, strerror(error));
    return STATUS_FAILED;
}

/* The temporary name lies in the same folder, because a rename does not cross file systems. */
static int temporary_open(AtomicFile *file)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        char *name = NULL;
        if (asprintf(&name, "%s.part-%ld-%d", file->target, (long)getpid(), attempt) < 0) {
            errno = ENOMEM;
            return -1;
        }
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            file->temporary = name;
            interrupts_guard(name);
            return fd;
        }
        free(name);
        if (errno != EEXIST) {
            return -1;
        }
    }
    return -1;
}

static Status target_open(AtomicFile *file, int *fd, Diagnostics *diagnostics)
{
    struct stat about;
    bool exists = stat(file->path, &about) == 0;
    if (exists && S_ISDIR(about.st_mode)) {
        diagnostics_error(diagnostics, (Place){.file = file->path}, "io", "name a file inside it",
                          "is a folder; expected the name of a file to write");
        return STATUS_FAILED;
    }
    if (exists && !S_ISREG(about.st_mode)) { /* a device or a pipe: nothing to rename onto */
        *fd = open(file->path, O_WRONLY | O_CLOEXEC);
        return *fd >= 0 ? STATUS_OK : io_error(diagnostics, file->path, "open for writing", errno);
    }
    if (!exists && errno == ELOOP) {
        return io_error(diagnostics, file->path, "create", errno);
    }
    if (exists && access(file->path, W_OK) != 0) {
        return io_error(diagnostics, file->path, "replace", errno);
    }
    /* Through a link, the file that it names is replaced, not the link. */
    file->target = exists ? realpath(file->path, NULL) : strdup(file->path);
    if (file->target == NULL) {
        return io_error(diagnostics, file->path, "resolve the name", errno);
    }
    *fd = temporary_open(file);
    return *fd >= 0 ? STATUS_OK : io_error(diagnostics, file->path, "create", errno);
}

Status atomic_file_open(AtomicFile *file, const char *path, Diagnostics *diagnostics)
{
    *file = (AtomicFile){.path = path};
    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
        return STATUS_OK;
    }
    int fd = -1;
    if (target_open(file, &fd, diagnostics) != STATUS_OK) {
        atomic_file_abandon(file);
        return STATUS_FAILED;
    }
    file->stream = fdopen(fd, "w");
    if (file->stream == NULL) {
        io_error(diagnostics, path, "open", errno);
        close(fd);
        atomic_file_abandon(file);
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

/* The new name is on the disk only when its folder is; some file systems refuse, which is no reason
 * to fail. */
static void folder_sync(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

Status atomic_file_commit(AtomicFile *file, Diagnostics *diagnostics)
{
    FILE *stream = file->stream;
    bool failed = ferror(stream) != 0;
    errno = failed && file->error == 0 ? EIO : file->error;
    failed = fflush(stream) != 0 || failed;
    failed = (file->temporary != NULL && !failed && fsync(fileno(stream)) != 0) || failed;
    int error = errno;
    if (stream != stdout) {
        file->stream = NULL;
        if (fclose(stream) != 0 && !failed) {
            failed = true;
            error = errno;
        }
    }
    if (!failed && file->temporary != NULL) {
        if (rename(file->temporary, file->target) == 0) {
            interrupts_guard(NULL);
            free(file->temporary);
            file->temporary = NULL;
            folder_sync(file->target);
        } else {
            failed = true;
            error = errno;
        }
    }
    const char *path = strcmp(file->path, "-") == 0 ? "stdout" : file->path;
    Status status = failed ? io_error(diagnostics, path, "write", error) : STATUS_OK;
    atomic_file_abandon(file);
    return status;
}

void atomic_file_abandon(AtomicFile *file)
{
    if (file->stream != NULL && file->stream != stdout) {
        fclose(file->stream);
    }
    if (file->temporary != NULL) {
        unlink(file->temporary);
        interrupts_guard(NULL);
    }
    free(file->temporary);
    free(file->target);
    *file = (AtomicFile){.path = file->path};
}

Status result_target_check(const char *path, Diagnostics *diagnostics)
{
    AtomicFile file;
    if (path[0] == '\0') {
        diagnostics_error(diagnostics, (Place){.file = NULL}, "io", NULL,
                          "the name of the output file is empty; expected a path");
        return STATUS_FAILED;
    }
    struct stat about;
    if (stat(path, &about) == 0 && S_ISFIFO(about.st_mode)) {
        return STATUS_OK; /* to open and close a pipe would tell its reader that it has ended */
    }
    Status status = atomic_file_open(&file, path, diagnostics);
    atomic_file_abandon(&file);
    return status;
}

bool is_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    bool both = stat(a, &of_a) == 0 && stat(b, &of_b) == 0;
    if (!both) {
        return strcmp(a, b) == 0;
    }
    return S_ISREG(of_a.st_mode) && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}
