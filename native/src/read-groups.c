#include "../nsview.h"
#include "cleanup.h"
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

static int32_t read_file(struct sink *sink, int dir, const char *file) {
    scoped_fd fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd < 0 ? -errno : sink_file(sink, fd);
}

/* False when the group did not fit. */
static bool read_group(
    struct sink *sink, int dir, const char *files, int32_t nfiles, const char *links, int32_t nlinks, int32_t *lengths
) {
    for (int32_t i = 0; i < nfiles; i++, files += strlen(files) + 1)
        if ((*lengths++ = read_file(sink, dir, files)) == SINK_FULL)
            return false;
    for (int32_t i = 0; i < nlinks; i++, links += strlen(links) + 1)
        if ((*lengths++ = sink_link(sink, dir, links)) == SINK_FULL)
            return false;
    return true;
}

int32_t nsv_read_groups(
    const char *dirs, int32_t ndirs, const char *files, int32_t nfiles, const char *links, int32_t nlinks, char *data,
    int64_t capacity, int32_t *lengths, int32_t *dir_errors
) {
    struct sink sink = {.data = data, .capacity = capacity};
    int32_t size = nfiles + nlinks;
    for (int32_t done = 0; done < ndirs; done++, dirs += strlen(dirs) + 1, lengths += size) {
        scoped_fd dir = open(dirs, O_PATH | O_DIRECTORY | O_CLOEXEC);
        dir_errors[done] = dir < 0 ? errno : 0;
        if (dir < 0)
            for (int32_t i = 0; i < size; i++)
                lengths[i] = -dir_errors[done];
        else if (!read_group(&sink, dir, files, nfiles, links, nlinks, lengths))
            return done;
    }
    return ndirs;
}
