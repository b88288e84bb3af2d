/* Bytes on their way from one socket to another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What epoll gives back: the first member of whatever waits for events. */
enum source { SOURCE_LIFELINE, SOURCE_LISTENER, SOURCE_CLIENT, SOURCE_SERVER };

struct endpoint {
    enum source source;
    int fd;
    /* As far as known: cleared by EAGAIN, set by the events. */
    bool readable;
    bool writable;
    bool hung_up; /* no more comes than what is there */
};

/* What one side sends to the other. */
struct flow {
    int pipe[2]; /* only while bytes are in it */
    size_t held;
    bool bulk;  /* so much comes that it is worth a pipe */
    bool ended; /* its source sends no more */
    bool done;  /* and all that it sent is passed on, or there is nobody to pass it to */
};

enum moved { MOVED, WAITS, SINK_GONE, SOURCE_GONE };

/* One step: bytes read, written, or the end reached. Both sockets are non-blocking. */
enum moved flow_move(struct flow *flow, struct endpoint *source, struct endpoint *sink);
