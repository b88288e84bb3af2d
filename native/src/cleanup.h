/* Descriptors that close themselves at the end of their scope. */
#pragma once

#include <unistd.h>

static inline void close_scoped(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

#define scoped_fd __attribute__((cleanup(close_scoped))) int
