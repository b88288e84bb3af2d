/*
 * libnsview: the kernel calls that Node lacks, or pays too much for. The contract:
 *
 * - No function allocates memory, keeps state or changes the process: the caller owns every buffer and every
 *   descriptor. All may be called from several threads at once. A long batch is read by two threads, of which one ends
 *   before the call returns.
 * - A list of strings is one block, each string ended by NUL; its count is a parameter of its own.
 * - A batch writes the entries' bytes one after the other into `data` and one number for each into `lengths`: the
 *   bytes written, or -errno of what the kernel refused. It returns how many groups (or files) it finished; fewer than
 *   asked means that the next one did not fit: call again from there, with more room when it returned 0. What
 *   stands behind the finished ones is of no use, but for the descriptors that replaced NSV_OPEN_AND_KEEP.
 * - What is not a batch returns 0 or more for success, else -errno, and says in a struct nsv_error which step failed.
 * - Descriptors are opened close-on-exec, and nothing opens a device, a FIFO or a terminal.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define NSV_API __attribute__((visibility("default")))

/* Grows when a signature changes: the caller refuses a library of another version. */
enum { NSV_VERSION = 11 };

enum nsv_step { NSV_STEP_NONE, NSV_STEP_ROOT, NSV_STEP_OPEN, NSV_STEP_STAT, NSV_STEP_READ };

struct nsv_error {
    int32_t err; /* errno(3) */
    int32_t step;
};

/* What stands in `fds` for a file that is not open. */
enum {
    NSV_OPEN_AND_KEEP = -1, /* open by path; the descriptor replaces this value */
    NSV_OPEN_ONCE = -2,     /* open by path, read, close */
    NSV_SKIP = -3,          /* length 0 */
};

/* Stands among the lengths of kept files for one whose text is the one known before: no bytes are written for it. */
enum { NSV_SAME = INT32_MIN + 1 };

/* What a kept file said when it was last read: `length` bytes at `at` of the known texts, where it has `room`. */
struct nsv_known {
    int32_t at;
    int32_t room;
    int32_t length; /* -1: nothing is known */
};

/* -1 where the kernel does not tell. */
struct nsv_namespace {
    int64_t err; /* errno of opening it, 0 when the rest holds */
    int64_t parent;
    int64_t owner;
    int64_t owner_uid;
    int64_t unique_id;
};

NSV_API int32_t nsv_version(void);

/*
 * Gives an unnamed file (open(2), O_TMPFILE) the name `path`, whatever has that name: a link cannot replace a file, so
 * that it is called `draft`, of the same directory, for the moment between two system calls. What fails leaves no
 * `draft`.
 */
NSV_API int32_t nsv_put_in_place(int32_t fd, const char *draft, const char *path);

/* CLOCK_BOOTTIME, of the caller's time namespace, in microseconds. Node has no clock that counts suspended time. */
NSV_API int64_t nsv_boot_us(void);

/*
 * For each of `ndirs` directories: opens it once, reads `nfiles` files and `nlinks` links relative to it (files first),
 * so that all belong to one process. When the directory cannot be opened, every length is its -errno, and
 * `dir_errors` holds the errno, which is 0 otherwise.
 * With `users_only` the first file is stat: of a kernel thread, whose stat says so, the rest is -ENODATA, unread.
 */
NSV_API int32_t nsv_read_groups(
    const char *dirs, int32_t ndirs, const char *files, int32_t nfiles, const char *links, int32_t nlinks,
    int32_t users_only, char *data, int64_t capacity, int32_t *lengths, int32_t *dir_errors
);

/*
 * Reads `nfds` files from their start: kept descriptors by pread(2), which answer ESRCH (a process) or ENODEV (a
 * cgroup) once theirs ended, even when its number or name was used again. `paths` holds one string for each
 * NSV_OPEN_AND_KEEP and NSV_OPEN_ONCE, in their order. These are files that the kernel writes as one record (stat,
 * those of a cgroup): a read shorter than a page is all there is, and saves the one that says so. Each text that is not
 * the known one replaces it where there is room, else its length becomes -1.
 */
NSV_API int32_t nsv_read_kept(
    int32_t *fds, int32_t nfds, const char *paths, char *texts, struct nsv_known *known, char *data, int64_t capacity,
    int32_t *lengths
);

/*
 * Reads at most `capacity` bytes, from `at` on, of a regular file as a process with the root /proc/PID/root sees it. No
 * link leads out of that root (openat2(2), Linux 5.6; ENOSYS before), none of /proc's is followed; with `no_links` none
 * at all, nor is another file system entered. EISDIR, EBADFD: not a regular file. NSV_STEP_ROOT: it is the process that
 * could not be entered. `root` is two strings: a directory that the caller has chosen, or none, and a path below it
 * that a stranger may have; no magic link of that one is followed.
 */
NSV_API int64_t nsv_read_inside(
    const char *root, const char *path, int32_t no_links, int64_t at, char *data, int64_t capacity,
    struct nsv_error *error
);

/* What is asked of a branch's names beyond statx(2). */
enum {
    NSV_ASKED_TRUSTED = 1, /* the attributes trusted.overlay.… count: of directories always, of files with FILES */
    NSV_ASKED_USER = 2,    /* user.overlay.… */
    NSV_ASKED_FUSE = 4,    /* user.fuseoverlayfs.… */
    NSV_ASKED_FILES = 8,
    NSV_ASKED_TARGETS = 16,      /* what symbolic links say */
    NSV_ASKED_CAPABILITIES = 32, /* security.capability of files, in hexadecimal */
    /* No statx(2) where the directory itself tells the kind, and nothing else is asked of a name of that kind. */
    NSV_ASKED_KINDS = 64,
    NSV_ASKED_NAMES = 128 /* the names and nothing else */
};

enum {
    NSV_MARK_OPAQUE = 1,    /* opaque, `y` */
    NSV_MARK_WHITEOUTS = 2, /* opaque, `x` */
    NSV_MARK_WHITEOUT = 4,
    NSV_MARK_METACOPY = 8,
    /* A string follows the name's for each of these, in this order. */
    NSV_MARK_REDIRECT = 16,
    NSV_MARK_CAPABILITY = 32,
    NSV_MARK_TARGET = 64,
    NSV_MARK_BARE = 128 /* of `mode` the type alone is known, and nothing of the rest */
};

/* One name of a directory: statx(2). */
struct nsv_entry {
    uint32_t mode, uid, gid, links, dev_major, dev_minor, rdev_major, rdev_minor;
    int64_t size;
    uint64_t inode;
    int64_t mtime_seconds;
    uint32_t mtime_nanoseconds;
    uint32_t marks;
    int32_t err;        /* errno of statx; the rest is 0 then */
    uint32_t texts_end; /* where its strings end in `texts` */
};

/* The least room for the texts of nsv_read_directory and nsv_read_names: that of one name fits in. */
enum { NSV_LEAST_TEXTS = 16384 };

/*
 * Reads the directory `path` of the branch at `root`, two strings as for nsv_read_inside: at most `most` names, one at
 * least. Nothing outside of the branch is opened: no link is followed and no other file system entered. Each entry has
 * its name and the strings of its marks in `texts`. `*fd` is -1 to begin with; where it comes back as a descriptor
 * there is more: call again with it, or close it. Returns how many entries it wrote.
 */
NSV_API int32_t nsv_read_directory(
    const char *root, const char *path, int32_t asked, int32_t *fd, struct nsv_entry *entries, int32_t most,
    char *texts, int64_t capacity, struct nsv_error *error
);

/* Opens that directory, on the same terms: to be watched. Returns the descriptor. */
NSV_API int32_t nsv_open_directory(const char *root, const char *path, struct nsv_error *error);

/* What nsv_read_directory does, for `nnames` names of it. Fewer than these: the rest did not fit, and wants another
 * call. */
NSV_API int32_t nsv_read_names(
    const char *root, const char *path, int32_t asked, const char *names, int32_t nnames, struct nsv_entry *entries,
    char *texts, int64_t capacity, struct nsv_error *error
);

/* ioctl_ns(2) facts of `npaths` namespaces, by /proc/PID/ns/TYPE or a bind mount. */
NSV_API void nsv_namespaces(const char *paths, int32_t npaths, struct nsv_namespace *facts);

/*
 * A batch over mount namespaces, by /proc/PID/ns/mnt: the root (`net:[4026531840]`) and the place of every namespace
 * that is mounted in it, each ended by NUL. ENOTTY and ENOSYS before Linux 6.11, EPERM without CAP_SYS_ADMIN over it.
 */
NSV_API int32_t nsv_nsfs_mounts(const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths);

/* The same over directories /proc/PID/fd: number and link of every descriptor that holds a namespace. */
NSV_API int32_t nsv_nsfs_descriptors(const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths);
