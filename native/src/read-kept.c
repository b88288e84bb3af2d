#include "../nsview.h"
#include "cleanup.h"
#include "halves.h"
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

static int32_t open_and_keep(struct sink *sink, const char *path, int32_t *kept) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int32_t length = sink_record(sink, fd);
    if (length >= 0 || length == SINK_FULL)
        *kept = fd;
    else
        close(fd);
    return length;
}

static int32_t open_once(struct sink *sink, const char *path) {
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd < 0 ? -errno : sink_record(sink, fd);
}

struct files {
    struct half half;
    int32_t *fds;
    const char *paths;
    char *texts;
    struct nsv_known *known;
    int32_t *lengths;
};

/* Takes back what was appended where it is the known text; else it is what is known from now on. */
static int32_t compare(struct sink *sink, int32_t length, char *texts, struct nsv_known *known) {
    if (length < 0) {
        known->length = -1;
        return length;
    }
    const char *text = sink->data + sink->used - length;
    if (length == known->length && memcmp(texts + known->at, text, (size_t)length) == 0) {
        sink->used -= length;
        return NSV_SAME;
    }
    known->length = length <= known->room ? length : -1;
    if (known->length > 0)
        memcpy(texts + known->at, text, (size_t)length);
    return length;
}

static bool has_path(int32_t fd) {
    return fd == NSV_OPEN_AND_KEEP || fd == NSV_OPEN_ONCE;
}

static int32_t read_files(struct half *half) {
    struct files *files = (struct files *)half;
    struct sink *sink = &half->sink;
    const char *path = files->paths;
    for (int32_t done = 0; done < half->count; done++) {
        int32_t *fd = &files->fds[done];
        int32_t length = 0;
        if (*fd >= 0) {
            length = sink_record(sink, *fd);
        } else if (has_path(*fd)) {
            length = *fd == NSV_OPEN_ONCE ? open_once(sink, path) : open_and_keep(sink, path, fd);
            path += strlen(path) + 1;
        }
        if (length == SINK_FULL)
            return done;
        files->lengths[done] = *fd == NSV_SKIP ? 0 : compare(sink, length, files->texts, &files->known[done]);
    }
    return half->count;
}

/*
 * Makes the table of open files large enough at once. Growing it waits 2 to 8 ms for the process's other threads
 * (expand_fdtable in fs/file.c), and by itself it doubles again and again.
 */
static void make_room(const int32_t *fds, int32_t nfds) {
    int32_t more = 0;
    for (int32_t i = 0; i < nfds; i++)
        more += fds[i] == NSV_OPEN_AND_KEEP;
    scoped_fd first = more > 1 ? open("/", O_PATH | O_CLOEXEC) : -1;
    if (first < 0)
        return;
    scoped_fd last = fcntl(first, F_DUPFD_CLOEXEC, first + more);
    (void)last;
}

int32_t nsv_read_kept(
    int32_t *fds, int32_t nfds, const char *paths, char *texts, struct nsv_known *known, char *data, int64_t capacity,
    int32_t *lengths
) {
    struct files all = {
        .half = {.read = read_files, .sink = {.data = data, .capacity = capacity}, .count = nfds},
        .fds = fds,
        .paths = paths,
        .texts = texts,
        .known = known,
        .lengths = lengths,
    };
    make_room(fds, nfds);
    if (!is_long(nfds))
        return read_files(&all.half);
    struct files second = all;
    all.half.count = nfds / 2;
    second.half.count = nfds - all.half.count;
    split_sink(data, capacity, &all.half.sink, &second.half.sink);
    for (int32_t i = 0; i < all.half.count; i++)
        if (has_path(fds[i]))
            second.paths += strlen(second.paths) + 1;
    second.fds += all.half.count;
    second.known += all.half.count;
    second.lengths += all.half.count;
    return read_halves(&all.half, &second.half);
}
