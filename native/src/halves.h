/* A long batch is worth a second thread: reading /proc is nearly all kernel time. */
#pragma once

#include "sink.h"

#include <stdint.h>

/* One half of a batch: `read` fills the sink and returns how many of `count` entries it finished. */
struct half {
    int32_t (*read)(struct half *half);
    struct sink sink;
    int32_t count;
    int32_t done;
};

/*
 * Reads both halves, at the same time where there is a second processor, and moves what the second read to the end of
 * the first, in whose buffer's second half it was. Returns how many entries were finished from the start.
 */
int32_t read_halves(struct half *first, struct half *second);

/* Whether so many entries pay for a thread. */
int is_long(int32_t entries);

/* The caller's buffer in two. */
void split_sink(char *data, int64_t capacity, struct sink *first, struct sink *second);
