#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A length is told in 31 bits, and no kernel file is near that. */
static int64_t room(const struct sink *sink) {
    int64_t left = sink->capacity - sink->used;
    return left < INT32_MAX ? left : INT32_MAX;
}

/* The least page there is: what is shorter did not end because a page was full. */
enum { PAGE = 4096 };

/* Stops at the end, or behind a read shorter than `least`. */
static int32_t sink_until(struct sink *sink, int fd, ssize_t least) {
    char *start = sink->data + sink->used;
    int64_t left = room(sink);
    int64_t length = 0;
    /* Kernel files say size 0 and give a page at a time: only a read of 0 bytes is the end. */
    for (;;) {
        if (length == left)
            return SINK_FULL;
        ssize_t more = pread(fd, start + length, (size_t)(left - length), length);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -errno;
        if (more == 0)
            break;
        length += more;
        if (more < least && length < left)
            break;
    }
    sink->used += length;
    return (int32_t)length;
}

int32_t sink_file(struct sink *sink, int fd) {
    return sink_until(sink, fd, 0);
}

int32_t sink_record(struct sink *sink, int fd) {
    return sink_until(sink, fd, PAGE);
}

int32_t sink_link(struct sink *sink, int dir, const char *path) {
    int64_t left = room(sink);
    if (left == 0)
        return SINK_FULL;
    ssize_t length = readlinkat(dir, path, sink->data + sink->used, (size_t)left);
    if (length < 0)
        return -errno;
    /* A link that fills the buffer may have been cut. */
    if (length == left)
        return SINK_FULL;
    sink->used += length;
    return (int32_t)length;
}

int32_t sink_string(struct sink *sink, const char *text) {
    size_t size = strlen(text) + 1;
    if ((int64_t)size > room(sink))
        return SINK_FULL;
    memcpy(sink->data + sink->used, text, size);
    sink->used += (int64_t)size;
    return (int32_t)size;
}

int32_t sink_pair(struct sink *sink, const char *first, const char *second) {
    size_t sizes[] = {strlen(first) + 1, strlen(second) + 1};
    if ((int64_t)(sizes[0] + sizes[1]) > room(sink))
        return SINK_FULL;
    memcpy(sink->data + sink->used, first, sizes[0]);
    memcpy(sink->data + sink->used + sizes[0], second, sizes[1]);
    sink->used += (int64_t)(sizes[0] + sizes[1]);
    return (int32_t)(sizes[0] + sizes[1]);
}
