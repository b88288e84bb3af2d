/* A batch over paths, each of which adds what it finds to the buffer. */
#pragma once

#include "sink.h"

/* Returns the bytes appended, -errno or SINK_FULL; what was appended before a failure is taken back. */
typedef int32_t add_found(struct sink *sink, const char *path);

int32_t read_each(add_found *add, const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths);
