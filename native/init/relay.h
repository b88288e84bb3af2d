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
    bool nowait;    /* `to` is a pipe or a socket, which others may fill meanwhile */
    size_t start;
    size_t end;
    char *rest; /* what was left at the end */
    size_t rest_start;
    size_t rest_end;
    /* POLLOUT promises no more than PIPE_BUF to a pipe that may block. */
    char bytes[4096];
};

/* What to wait for: one entry, its descriptor -1 where there is nothing. */
struct pollfd relay_wants(const struct relay *relay);
/* One read or one write. */
void relay_step(struct relay *relay, bool *source_ended);
/* The command has ended: reads, and logs, what it left behind. */
void relay_read_rest(struct relay *relay);
bool relays_hold_rest(const struct relay *relays, int count);
/* Writes that, until `launcher` hangs up: who should read it may never do so. */
void relays_deliver(struct relay *relays, int count, int launcher);
