/* Bytes from one descriptor to another, and to the log, without ever waiting for either. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct relay {
    int from;       /* NO_FD: at its end */
    int to;         /* NO_FD: nobody listens, or no longer */
    int log;        /* NO_FD: none */
    int log_stream; /* 1, 2 */
    size_t start;
    size_t end;
    /* POLLOUT promises no more than PIPE_BUF to a pipe that may block. */
    char bytes[4096];
};

/* What to wait for: one entry, its descriptor -1 where there is nothing. */
struct pollfd relay_wants(const struct relay *relay);
/* One read or one write. */
void relay_step(struct relay *relay, bool *source_ended);
/* All that can be read now, written to the end. */
void relay_drain(struct relay *relay);
