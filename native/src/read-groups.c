#include "../nsview.h"
#include "cleanup.h"
#include "halves.h"
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

/* include/linux/sched.h */
enum { PF_KTHREAD = 0x00200000 };

static int32_t read_file(struct sink *sink, int dir, const char *file) {
    scoped_fd fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd < 0 ? -errno : sink_file(sink, fd);
}

/* Field 9 of stat, proc_pid_stat(5): the comm, which may hold anything, ends at the last `)`. */
static bool is_kernel_thread(const char *stat, int32_t length) {
    const char *at = memrchr(stat, ')', (size_t)length);
    for (int field = 2; at && field < 9; field++)
        at = memchr(at + 1, ' ', (size_t)(stat + length - at - 1));
    uint32_t flags = 0;
    for (; at && at + 1 < stat + length && at[1] >= '0' && at[1] <= '9'; at++)
        flags = flags * 10 + (uint32_t)(at[1] - '0');
    return flags & PF_KTHREAD;
}

struct groups {
    struct half half;
    const char *dirs;
    const char *files;
    int32_t nfiles;
    const char *links;
    int32_t nlinks;
    bool users_only;
    int32_t *lengths;
    int32_t *dir_errors;
};

/* False when the group did not fit. */
static bool read_group(struct sink *sink, int dir, const struct groups *groups, int32_t *lengths) {
    const char *file = groups->files;
    for (int32_t i = 0; i < groups->nfiles; i++, file += strlen(file) + 1) {
        int32_t length = read_file(sink, dir, file);
        if ((*lengths++ = length) == SINK_FULL)
            return false;
        if (groups->users_only && i == 0 && length > 0 && is_kernel_thread(sink->data + sink->used - length, length)) {
            for (int32_t rest = groups->nfiles + groups->nlinks - 1; rest > 0; rest--)
                *lengths++ = -ENODATA;
            return true;
        }
    }
    const char *link = groups->links;
    for (int32_t i = 0; i < groups->nlinks; i++, link += strlen(link) + 1)
        if ((*lengths++ = sink_link(sink, dir, link)) == SINK_FULL)
            return false;
    return true;
}

static int32_t read_groups(struct half *half) {
    struct groups *groups = (struct groups *)half;
    const char *dirs = groups->dirs;
    int32_t size = groups->nfiles + groups->nlinks;
    int32_t *lengths = groups->lengths;
    for (int32_t done = 0; done < half->count; done++, dirs += strlen(dirs) + 1, lengths += size) {
        scoped_fd dir = open(dirs, O_PATH | O_DIRECTORY | O_CLOEXEC);
        groups->dir_errors[done] = dir < 0 ? errno : 0;
        if (dir < 0)
            for (int32_t i = 0; i < size; i++)
                lengths[i] = -groups->dir_errors[done];
        else if (!read_group(&half->sink, dir, groups, lengths))
            return done;
    }
    return half->count;
}

int32_t nsv_read_groups(
    const char *dirs, int32_t ndirs, const char *files, int32_t nfiles, const char *links, int32_t nlinks,
    int32_t users_only, char *data, int64_t capacity, int32_t *lengths, int32_t *dir_errors
) {
    struct groups all = {
        .half = {.read = read_groups, .sink = {.data = data, .capacity = capacity}, .count = ndirs},
        .dirs = dirs,
        .files = files,
        .nfiles = nfiles,
        .links = links,
        .nlinks = nlinks,
        .users_only = users_only != 0,
        .lengths = lengths,
        .dir_errors = dir_errors,
    };
    if (!is_long(ndirs))
        return read_groups(&all.half);
    struct groups second = all;
    all.half.count = ndirs / 2;
    second.half.count = ndirs - all.half.count;
    split_sink(data, capacity, &all.half.sink, &second.half.sink);
    for (int32_t i = 0; i < all.half.count; i++)
        second.dirs += strlen(second.dirs) + 1;
    second.lengths += (int64_t)all.half.count * (nfiles + nlinks);
    second.dir_errors += all.half.count;
    return read_halves(&all.half, &second.half);
}
