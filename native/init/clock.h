#pragma once

#include <stdint.h>
#include <time.h>

/* Nanoseconds since 1970. */
static inline int64_t clock_now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}
