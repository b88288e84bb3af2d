#include "../nsview.h"
#include "cleanup.h"
#include "open-root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int64_t failed(struct nsv_error *error, enum nsv_step step, int err) {
    error->err = err;
    error->step = step;
    return -err;
}

static int not_regular(mode_t mode) {
    return S_ISDIR(mode) ? EISDIR : EBADFD;
}

static int64_t read_from(int fd, int64_t at, char *data, int64_t capacity) {
    int64_t length = 0;
    while (length < capacity) {
        ssize_t more = pread(fd, data + length, (size_t)(capacity - length), at + length);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        length += more;
    }
    return length;
}

int64_t nsv_read_inside(
    const char *root, const char *path, int32_t no_links, int64_t at, char *data, int64_t capacity,
    struct nsv_error *error
) {
    *error = (struct nsv_error){0};
    scoped_fd top = open_root(root);
    if (top < 0)
        return failed(error, NSV_STEP_ROOT, -top);

    /* O_PATH names the file without opening it: a watchdog, a tape or a FIFO would notice being opened. */
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    if (no_links != 0)
        how.resolve |= RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    scoped_fd named = (int)syscall(SYS_openat2, top, path, &how, sizeof how);
    if (named < 0)
        return failed(error, NSV_STEP_OPEN, errno);

    struct stat stat;
    if (fstat(named, &stat) < 0)
        return failed(error, NSV_STEP_STAT, errno);
    if (!S_ISREG(stat.st_mode))
        return failed(error, NSV_STEP_STAT, not_regular(stat.st_mode));

    char again[sizeof "/proc/self/fd/-2147483648"];
    snprintf(again, sizeof again, "/proc/self/fd/%d", named);
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    scoped_fd fd = open(again, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM)
        fd = open(again, flags); /* O_NOATIME is the owner's alone */
    if (fd < 0)
        return failed(error, NSV_STEP_OPEN, errno);
    int64_t length = read_from(fd, at, data, capacity);
    return length < 0 ? failed(error, NSV_STEP_READ, errno) : length;
}
