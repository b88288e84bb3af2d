#include "relay.h"
#include "init.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    /* A pipe holds no more than a mebibyte: pipe(7), pipe-max-size. Something else may write on for ever. */
    REST_READS = (1 << 20) / sizeof((struct relay *)NULL)->bytes + 1,
    MOST_WATCHED = 8,
};

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

/* POLLOUT may be over by now: another stream, or another process, writes to the same pipe. */
static ssize_t write_at_once(const struct relay *relay, const char *bytes, size_t count) {
    if (count > sizeof relay->bytes)
        count = sizeof relay->bytes;
    if (relay->nowait) {
        struct iovec part = {(void *)bytes, count};
        ssize_t put = pwritev2(relay->to, &part, 1, -1, RWF_NOWAIT);
        if (put >= 0 || errno != EOPNOTSUPP)
            return put;
        /* A kernel before 6.4. */
        struct pollfd room = {relay->to, POLLOUT, 0};
        if (poll(&room, 1, 0) == 0) {
            errno = EAGAIN;
            return -1;
        }
    }
    return write(relay->to, bytes, count);
}

static bool write_some(struct relay *relay) {
    ssize_t put = write_at_once(relay, relay->bytes + relay->start, relay->end - relay->start);
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

/* What there is no memory for is lost to the reader; the log has it. */
static void keep(struct relay *relay) {
    size_t count = relay->end - relay->start;
    char *rest = count == 0 ? NULL : realloc(relay->rest, relay->rest_end + count);
    if (rest != NULL) {
        memcpy(rest + relay->rest_end, relay->bytes + relay->start, count);
        relay->rest = rest;
        relay->rest_end += count;
    }
    relay->start = relay->end = 0;
}

void relay_read_rest(struct relay *relay) {
    keep(relay);
    for (int reads = 0; reads < REST_READS && relay->from != NO_FD && read_some(relay); reads++)
        keep(relay);
}

static void deliver_some(struct relay *relay) {
    ssize_t put = write_at_once(relay, relay->rest + relay->rest_start, relay->rest_end - relay->rest_start);
    if (put < 0 && !again())
        relay->rest_start = relay->rest_end;
    else if (put > 0)
        relay->rest_start += (size_t)put;
}

static bool has_rest(const struct relay *relay) {
    return relay->rest_start < relay->rest_end;
}

bool relays_hold_rest(const struct relay *relays, int count) {
    for (int i = 0; i < count; i++)
        if (has_rest(&relays[i]))
            return true;
    return false;
}

void relays_deliver(struct relay *relays, int count, int launcher) {
    while (relays_hold_rest(relays, count)) {
        enum { LAUNCHER, FIRST_RELAY };
        struct pollfd watched[MOST_WATCHED] = {{launcher, POLLRDHUP, 0}};
        for (int i = 0; i < count; i++) {
            int to = has_rest(&relays[i]) ? relays[i].to : NO_FD;
            watched[FIRST_RELAY + i] = (struct pollfd){to, POLLOUT, 0};
        }
        if (poll(watched, FIRST_RELAY + (nfds_t)count, -1) < 0 && errno != EINTR)
            return;
        if (watched[LAUNCHER].revents != 0)
            return;
        for (int i = 0; i < count; i++)
            if (watched[FIRST_RELAY + i].revents != 0)
                deliver_some(&relays[i]);
    }
}
