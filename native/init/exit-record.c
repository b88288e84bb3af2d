/*
 * How it ended, for whoever asks later:
 *   code 137
 *   signal 9
 *   started 1700000000000000000     nanoseconds since 1970
 *   ended 1700000000000000000
 *   file 27 /sys/fs/cgroup/…        then that many bytes of it and a line feed; not there: left out
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

static void keep_file(int record, const char *path) {
    char content[4096];
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof content);
    if (length < 0)
        return;
    dprintf(record, "file %zd %s\n%.*s\n", length, path, (int)length, content);
}

int op_exit_record(struct run *run, const struct step *step) {
    const char *path = step->fields[0].text;
    char unfinished[PATH_MAX];
    if (snprintf(unfinished, sizeof unfinished, "%s.new", path) >= (int)sizeof unfinished)
        return -ENAMETOOLONG;
    scoped_fd record = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (record < 0)
        return -errno;
    dprintf(
        record, "code %d\nsignal %d\nstarted %" PRId64 "\nended %" PRId64 "\n", run->code, run->signal, run->started_ns,
        clock_now_ns()
    );
    for (const char **file = step->fields[1].list; *file != NULL; file++)
        keep_file(record, *file);
    return rename(unfinished, path) < 0 ? -errno : 0;
}
