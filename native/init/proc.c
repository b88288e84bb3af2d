#include "proc.h"
#include "../src/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int proc_start_ticks(const struct run *run, pid_t pid, uint64_t *ticks) {
    char text[1024];
    snprintf(text, sizeof text, "%d/stat", pid);
    scoped_fd fd = openat(run->host_proc, text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t length = read(fd, text, sizeof text - 1);
    if (length < 0)
        return -errno;
    text[length] = '\0';
    /* The name stands in parentheses and may hold any; field 3 follows the last. */
    char *at = strrchr(text, ')');
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at, ' ');
        if (at != NULL)
            at++;
    }
    return at != NULL && sscanf(at, "%" SCNu64, ticks) == 1 ? 0 : -EPROTO;
}

int proc_write(const struct run *run, pid_t pid, const char *name, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "%d/%s", pid, name);
    scoped_fd fd = openat(run->host_proc, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

int proc_reopen(const struct run *run, int fd, int flags) {
    char path[64];
    snprintf(path, sizeof path, "self/fd/%d", fd);
    int again = openat(run->host_proc, path, flags | O_CLOEXEC | O_NOCTTY);
    return again < 0 ? -errno : again;
}
