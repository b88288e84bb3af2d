#include "../nsview.h"
#include "cleanup.h"
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
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

int32_t nsv_read_kept(int32_t *fds, int32_t nfds, const char *paths, char *data, int64_t capacity, int32_t *lengths) {
    struct sink sink = {.data = data, .capacity = capacity};
    for (int32_t done = 0; done < nfds; done++) {
        int32_t fd = fds[done];
        if (fd >= 0) {
            lengths[done] = sink_file(&sink, fd);
        } else if (fd == NSV_SKIP) {
            lengths[done] = 0;
        } else {
            lengths[done] = fd == NSV_OPEN_ONCE ? open_once(&sink, paths) : open_and_keep(&sink, paths, &fds[done]);
            paths += strlen(paths) + 1;
        }
        if (lengths[done] == SINK_FULL)
            return done;
    }
    return nfds;
}
