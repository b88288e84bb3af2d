#include "../src/cleanup.h"
#include "clock.h"
#include "ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Those above too: the last container of one may be ending and take it away. */
static int make_group(const char *path) {
    if (mkdir(path, 0755) == 0)
        return 0;
    if (errno != ENOENT)
        return -errno;
    char above[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path || slash - path >= PATH_MAX)
        return -ENOENT;
    snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
    int err = make_group(above);
    if (err < 0 && err != -EEXIST)
        return err;
    return mkdir(path, 0755) < 0 ? -errno : 0;
}

int op_cgroup_make(struct run *run, const struct step *step) {
    int err = make_group(step->fields[0].text);
    if (err != -EEXIST)
        return err;
    tell(run, "was there");
    return 0;
}

static int write_at(int directory, const char *name, const char *text) {
    scoped_fd fd = openat(directory, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* What the file says now, on one line. */
static void tell_content(struct run *run, const char *path) {
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, run->detail, sizeof run->detail - 1);
    if (length < 0)
        length = 0;
    while (length > 0 && run->detail[length - 1] == '\n')
        length--;
    run->detail[length] = '\0';
}

int op_cgroup_write(struct run *run, const struct step *step) {
    int err = write_at(AT_FDCWD, step->fields[0].text, step->fields[1].text);
    if (err == 0 && reporting(run))
        tell_content(run, step->fields[0].text);
    return err;
}

int op_cgroup_join(struct run *run, const struct step *step) {
    scoped_fd directory = open(step->fields[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    /*
     * A single thread that moves itself through `tasks` needs no lock of all thread groups, which takes ten
     * milliseconds. Version 2 has no such file.
     */
    int err = write_at(directory, "tasks", "0");
    if (err == -ENOENT)
        err = write_at(directory, "cgroup.procs", "0");
    if (err < 0)
        tell(run, "%s", step->fields[0].text);
    return err;
}

/* What is left in a group without a pid namespace of its own, or moved in by someone. */
static void kill_members(int directory) {
    if (write_at(directory, "cgroup.kill", "1") == 0)
        return;
    /* A frozen process of a group of version 1 does not even die. */
    write_at(directory, "freezer.state", "THAWED");
    int fd = openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *members = fd < 0 ? NULL : fdopen(fd, "r");
    if (members == NULL)
        return;
    for (int pid; fscanf(members, "%d", &pid) == 1;) {
        if (pid > 0)
            kill(pid, SIGKILL);
    }
    fclose(members);
}

enum { DEEPEST_GROUP = 64, QUICK_TRIES = 10, REMOVE_MS = 1000 };

static int remove_group(int parent, const char *name, int depth, int64_t deadline);

static void remove_children(int directory, int depth, int64_t deadline) {
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_group(directory, entry->d_name, depth + 1, deadline);
    }
    closedir(entries);
}

/* An ended process leaves its group a moment after it can be waited for. Tries once even when the time is over. */
static int remove_group(int parent, const char *name, int depth, int64_t deadline) {
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    scoped_fd directory = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 || depth > DEEPEST_GROUP)
        return -errno;
    for (int tries = 0;; tries++) {
        kill_members(directory);
        remove_children(directory, depth, deadline);
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
            return 0;
        if (clock_ms() >= deadline)
            return -EBUSY;
        nanosleep(&(struct timespec){.tv_nsec = 1000000L * (tries < QUICK_TRIES ? 1 : 5)}, NULL);
    }
}

int op_cgroup_remove(struct run *run, const struct step *step) {
    (void)run;
    /* One time for all below it: what does not end there must not hold the end up. */
    return remove_group(AT_FDCWD, step->fields[0].text, 0, clock_ms() + REMOVE_MS);
}

int op_cgroup_remove_empty(struct run *run, const struct step *step) {
    if (rmdir(step->fields[0].text) == 0 || errno == ENOENT)
        return 0;
    if (errno != EBUSY && errno != ENOTEMPTY)
        return -errno;
    tell(run, "others are in it");
    return 0;
}
