/*
 * How it ended, for whoever asks later:
 *   code 137
 *   signal 9
 *   started 1700000000000000000     nanoseconds since 1970
 *   ended 1700000000000000000
 *   file 27 /sys/fs/cgroup/…        then that many bytes of it and a line feed; not there, or no room left: left out
 * Its room is set aside at the start, so that a disk which is full by then does not lose it.
 */
#include "../src/cleanup.h"
#include "clock.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* One block of most file systems; twice what five files of a group take. */
enum { RECORD_BYTES = 4096 };

struct record {
    size_t length;
    char bytes[RECORD_BYTES];
};

/* The file is called so until it is whole. 0 or -errno. */
static int unfinished_name(char *name, size_t capacity, const char *path) {
    return snprintf(name, capacity, "%s.new", path) >= (int)capacity ? -ENAMETOOLONG : 0;
}

static int open_unfinished(const char *path) {
    char name[PATH_MAX];
    int err = unfinished_name(name, sizeof name, path);
    if (err < 0)
        return err;
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? -errno : fd;
}

int op_exit_reserve(struct run *run, const struct step *step) {
    int fd = open_unfinished(step->fields[0].text);
    if (fd < 0)
        return fd;
    run->exit_record = fd;
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, RECORD_BYTES) == 0)
        return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return -errno;
    tell(run, "this file system sets no room aside");
    return 0;
}

static void keep_file(struct record *record, const char *path) {
    char content[RECORD_BYTES];
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, content, sizeof content);
    if (got < 0)
        return;
    size_t left = sizeof record->bytes - record->length;
    char *end = record->bytes + record->length;
    int length = snprintf(end, left, "file %zd %s\n%.*s\n", got, path, (int)got, content);
    if (length > 0 && (size_t)length < left)
        record->length += (size_t)length;
}

static int write_whole(int fd, const struct record *record) {
    for (size_t done = 0; done < record->length;) {
        ssize_t put = pwrite(fd, record->bytes + done, record->length - done, (off_t)done);
        if (put < 0 && errno != EINTR)
            return -errno;
        done += put < 0 ? 0 : (size_t)put;
    }
    return ftruncate(fd, (off_t)record->length) < 0 ? -errno : 0;
}

int op_exit_record(struct run *run, const struct step *step) {
    const char *path = step->fields[0].text;
    char unfinished[PATH_MAX];
    int err = unfinished_name(unfinished, sizeof unfinished, path);
    if (err < 0)
        return err;
    if (run->exit_record == NO_FD)
        run->exit_record = open_unfinished(path);
    if (run->exit_record < 0)
        return run->exit_record;
    struct record record = {0};
    record.length = (size_t)snprintf(
        record.bytes, sizeof record.bytes, "code %d\nsignal %d\nstarted %" PRId64 "\nended %" PRId64 "\n", run->code,
        run->signal, run->started_ns, clock_now_ns()
    );
    for (const char **file = step->fields[1].list; *file != NULL; file++)
        keep_file(&record, *file);
    err = write_whole(run->exit_record, &record);
    if (err == 0 && rename(unfinished, path) < 0)
        err = -errno;
    return err;
}
