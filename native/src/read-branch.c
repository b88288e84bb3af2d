#include "../nsview.h"
#include "branch-marks.h"
#include "cleanup.h"
#include "open-root.h"
#include "sink.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the entries and their strings go. */
struct shelf {
    struct nsv_entry *entries;
    int32_t most;
    int32_t count;
    struct sink texts;
    int32_t asked;
};

static int32_t failed(struct nsv_error *error, enum nsv_step step, int err) {
    error->err = err;
    error->step = step;
    return -err;
}

/* Below the branch and nowhere else: no link, no other file system. */
static int open_beneath(const char *root, const char *path, struct nsv_error *error) {
    scoped_fd top = open_root(root);
    if (top < 0)
        return failed(error, NSV_STEP_ROOT, -top);
    struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOATIME,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    const char *below = path[strspn(path, "/")] == '\0' ? "." : path + strspn(path, "/");
    int fd = (int)syscall(SYS_openat2, top, below, &how, sizeof how);
    if (fd < 0 && errno == EPERM) {
        how.flags &= ~(uint64_t)O_NOATIME; /* the owner's alone */
        fd = (int)syscall(SYS_openat2, top, below, &how, sizeof how);
    }
    return fd < 0 ? failed(error, NSV_STEP_OPEN, errno) : fd;
}

static void describe(struct nsv_entry *entry, const struct statx *stat) {
    *entry = (struct nsv_entry){
        .mode = stat->stx_mode,
        .uid = stat->stx_uid,
        .gid = stat->stx_gid,
        .links = stat->stx_nlink,
        .dev_major = stat->stx_dev_major,
        .dev_minor = stat->stx_dev_minor,
        .rdev_major = stat->stx_rdev_major,
        .rdev_minor = stat->stx_rdev_minor,
        .size = (int64_t)stat->stx_size,
        .inode = stat->stx_ino,
        .mtime_seconds = stat->stx_mtime.tv_sec,
        .mtime_nanoseconds = stat->stx_mtime.tv_nsec,
    };
}

/* Whether what the directory says of a name is enough. Of a directory or a device it is not: it may be a mark. */
static bool is_told(int32_t asked, unsigned char type) {
    if ((asked & NSV_ASKED_NAMES) != 0)
        return true;
    if ((asked & NSV_ASKED_KINDS) == 0)
        return false;
    switch (type) {
    case DT_REG:
        return (asked & (NSV_ASKED_FILES | NSV_ASKED_CAPABILITIES)) == 0;
    case DT_LNK:
        return (asked & NSV_ASKED_TARGETS) == 0;
    case DT_FIFO:
    case DT_SOCK:
        return true;
    default:
        return false;
    }
}

/*
 * Adds one name and what was asked of it; `type`: what the directory says of it. An absent one has its errno. False: it
 * did not fit, and nothing was added.
 */
static bool put(struct shelf *shelf, int dir, const char *name, unsigned char type) {
    if (shelf->count == shelf->most)
        return false;
    int64_t before = shelf->texts.used;
    struct nsv_entry *entry = &shelf->entries[shelf->count];
    struct statx stat;
    bool told = is_told(shelf->asked, type);
    if (told)
        *entry = (struct nsv_entry){.mode = DTTOIF(type), .marks = NSV_MARK_BARE};
    else if (statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &stat) < 0)
        *entry = (struct nsv_entry){.err = errno};
    else
        describe(entry, &stat);
    if (sink_string(&shelf->texts, name) < 0 ||
        (!told && entry->err == 0 && !add_marks(&shelf->texts, dir, name, shelf->asked, entry))) {
        shelf->texts.used = before;
        return false;
    }
    entry->texts_end = (uint32_t)shelf->texts.used;
    shelf->count += 1;
    return true;
}

static bool is_dot(const char *name) {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

enum { NAMES_BYTES = 32768 };

/* Reads on from where the directory is. 1: not all of it fitted; 0: this was the end; else -errno. */
static int read_on(struct shelf *shelf, int fd) {
    _Alignas(struct dirent64) char names[NAMES_BYTES];
    int64_t place = lseek(fd, 0, SEEK_CUR);
    if (place < 0)
        return -errno;
    for (;;) {
        ssize_t length = syscall(SYS_getdents64, fd, names, sizeof names);
        if (length <= 0)
            return length < 0 ? -errno : 0;
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *found = (const struct dirent64 *)(names + at);
            if (!is_dot(found->d_name) && !put(shelf, fd, found->d_name, found->d_type))
                return lseek(fd, place, SEEK_SET) < 0 ? -errno : 1;
            place = found->d_off;
            at += found->d_reclen;
        }
    }
}

int32_t nsv_open_directory(const char *root, const char *path, struct nsv_error *error) {
    *error = (struct nsv_error){0};
    return open_beneath(root, path, error);
}

int32_t nsv_read_directory(
    const char *root, const char *path, int32_t asked, int32_t *fd, struct nsv_entry *entries, int32_t most,
    char *texts, int64_t capacity, struct nsv_error *error
) {
    *error = (struct nsv_error){0};
    struct shelf shelf = {
        .entries = entries, .most = most, .texts = {.data = texts, .capacity = capacity}, .asked = asked};
    scoped_fd dir = *fd;
    *fd = -1;
    if (dir < 0) {
        dir = open_beneath(root, path, error);
        if (dir < 0)
            return dir;
    }
    int more = read_on(&shelf, dir);
    if (more < 0)
        return failed(error, NSV_STEP_READ, -more);
    if (more == 1) {
        *fd = dir;
        dir = -1;
    }
    return shelf.count;
}

int32_t nsv_read_names(
    const char *root, const char *path, int32_t asked, const char *names, int32_t nnames, struct nsv_entry *entries,
    char *texts, int64_t capacity, struct nsv_error *error
) {
    *error = (struct nsv_error){0};
    scoped_fd dir = open_beneath(root, path, error);
    if (dir < 0)
        return dir;
    struct shelf shelf = {
        .entries = entries, .most = nnames, .texts = {.data = texts, .capacity = capacity}, .asked = asked};
    for (; shelf.count < nnames; names += strlen(names) + 1)
        if (!put(&shelf, dir, names, DT_UNKNOWN))
            break;
    return shelf.count;
}
