#include "relay.h"
#include "init.h"
#include "log.h"

#include <errno.h>
#include <unistd.h>

static bool holds_bytes(const struct relay *relay) {
    return relay->start < relay->end;
}

struct pollfd relay_wants(const struct relay *relay) {
    if (holds_bytes(relay))
        return (struct pollfd){relay->to, POLLOUT, 0};
    return (struct pollfd){relay->from, POLLIN, 0};
}

static bool again(void) {
    return errno == EAGAIN || errno == EINTR;
}

/* false: nothing to be had now. */
static bool read_some(struct relay *relay) {
    ssize_t got = read(relay->from, relay->bytes, sizeof relay->bytes);
    if (got < 0 && again())
        return false;
    if (got <= 0) {
        /* EIO: the last process has closed a terminal. */
        relay->from = NO_FD;
        return false;
    }
    if (relay->log != NO_FD)
        log_output(relay->log, relay->log_stream, relay->bytes, (size_t)got);
    relay->start = 0;
    relay->end = relay->to == NO_FD ? 0 : (size_t)got;
    return true;
}

static bool write_some(struct relay *relay) {
    ssize_t put = write(relay->to, relay->bytes + relay->start, relay->end - relay->start);
    if (put < 0 && again())
        return false;
    if (put < 0) {
        relay->to = NO_FD;
        relay->start = relay->end;
        return false;
    }
    relay->start += (size_t)put;
    return true;
}

void relay_step(struct relay *relay, bool *source_ended) {
    if (holds_bytes(relay))
        write_some(relay);
    else if (relay->from != NO_FD)
        read_some(relay);
    *source_ended = relay->from == NO_FD && !holds_bytes(relay);
}

void relay_drain(struct relay *relay) {
    do {
        while (holds_bytes(relay)) {
            struct pollfd room = {relay->to, POLLOUT, 0};
            poll(&room, 1, -1);
            write_some(relay);
        }
    } while (relay->from != NO_FD && read_some(relay));
}
