#pragma once

#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment: for deadlines. */
static inline int64_t clock_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Nanoseconds since 1970. */
static inline int64_t clock_now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}
