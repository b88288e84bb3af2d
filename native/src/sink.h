/* The caller's buffer, filled from the front. */
#pragma once

#include <stdint.h>

struct sink {
    char *data;
    int64_t capacity;
    int64_t used;
};

/* The entry does not fit in the rest of the buffer: no errno has this value. */
enum { SINK_FULL = INT32_MIN };

/* Appends the file from its start to its end. Returns the length, -errno, or SINK_FULL; failing, it appends nothing. */
int32_t sink_file(struct sink *sink, int fd);

/* The same for a file of one record: a read shorter than a page is the last. */
int32_t sink_record(struct sink *sink, int fd);

/* The same for a link, relative to `dir`. */
int32_t sink_link(struct sink *sink, int dir, const char *path);

/* Appends a string with its NUL. Returns its bytes, or SINK_FULL. */
int32_t sink_string(struct sink *sink, const char *text);

/* Appends two strings, each with its NUL. Returns their bytes, or SINK_FULL. */
int32_t sink_pair(struct sink *sink, const char *first, const char *second);
