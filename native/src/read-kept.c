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
    int32_t length = sink_file(sink, fd);
    if (length >= 0 || length == SINK_FULL)
        *kept = fd;
    else
        close(fd);
    return length;
}

static int32_t open_once(struct sink *sink, const char *path) {
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd < 0 ? -errno : sink_file(sink, fd);
}

struct files {
    struct half half;
    int32_t *fds;
    const char *paths;
    int32_t *lengths;
};

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
            length = sink_file(sink, *fd);
        } else if (has_path(*fd)) {
            length = *fd == NSV_OPEN_ONCE ? open_once(sink, path) : open_and_keep(sink, path, fd);
            path += strlen(path) + 1;
        }
        files->lengths[done] = length;
        if (length == SINK_FULL)
            return done;
    }
    return half->count;
}

int32_t nsv_read_kept(int32_t *fds, int32_t nfds, const char *paths, char *data, int64_t capacity, int32_t *lengths) {
    struct files all = {
        .half = {.read = read_files, .sink = {.data = data, .capacity = capacity}, .count = nfds},
        .fds = fds,
        .paths = paths,
        .lengths = lengths,
    };
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
    second.lengths += all.half.count;
    return read_halves(&all.half, &second.half);
}
