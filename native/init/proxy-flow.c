#include "proxy-flow.h"
#include "proxy-pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A copy fits the least pipe there is, two pages: pipe(7), pipe-user-pages-soft. */
enum { CHUNK = 1 << 20, COPY_BYTES = 8 << 10 };

/* From the pipe to where it goes. */
static enum moved drain(struct flow *flow, struct endpoint *sink) {
    /* Never SPLICE_F_MORE: it holds the last bytes of an answer back for 200 ms. */
    ssize_t sent = splice(flow->pipe[0], NULL, sink->fd, NULL, flow->held, SPLICE_F_NONBLOCK);
    if (sent < 0 && errno == EAGAIN) {
        sink->writable = false;
        return WAITS;
    }
    if (sent <= 0)
        return SINK_GONE;
    flow->held -= (size_t)sent;
    if (flow->held == 0)
        pipe_give_back(flow->pipe);
    return MOVED;
}

/* What a read without bytes means. */
static enum moved read_nothing(struct flow *flow, struct endpoint *source, ssize_t got) {
    if (got == 0) {
        flow->ended = true;
        return MOVED;
    }
    if (errno != EAGAIN)
        return SOURCE_GONE;
    source->readable = false;
    flow->bulk = false;
    return WAITS;
}

/* Much: the pages go from one socket to the other by a pipe, and no byte is copied here. */
static enum moved fill(struct flow *flow, struct endpoint *source) {
    if (pipe_take(flow->pipe) < 0)
        return SOURCE_GONE;
    ssize_t got = splice(source->fd, NULL, flow->pipe[1], NULL, CHUNK, SPLICE_F_NONBLOCK);
    if (got > 0) {
        flow->held = (size_t)got;
        return MOVED;
    }
    int err = errno;
    pipe_give_back(flow->pipe);
    errno = err;
    return read_nothing(flow, source, got);
}

/* The sink is full: what it did not take waits in a pipe, which has room for a copy. */
static enum moved keep(struct flow *flow, const char *bytes, size_t count) {
    if (pipe_take(flow->pipe) < 0 || write(flow->pipe[1], bytes, count) != (ssize_t)count)
        return SOURCE_GONE;
    flow->held = count;
    return WAITS;
}

/* Little: one copy costs less than a pipe. */
static enum moved copy(struct flow *flow, struct endpoint *source, struct endpoint *sink) {
    char bytes[COPY_BYTES];
    ssize_t got = recv(source->fd, bytes, sizeof bytes, 0);
    if (got <= 0)
        return read_nothing(flow, source, got);
    flow->bulk = got == sizeof bytes;
    /* A short read has emptied the socket: what comes next is a new event, but for an end that was told before. */
    if (!flow->bulk && !source->hung_up)
        source->readable = false;
    ssize_t sent = send(sink->fd, bytes, (size_t)got, MSG_NOSIGNAL);
    if (sent == got)
        return MOVED;
    if (sent < 0 && errno != EAGAIN)
        return SINK_GONE;
    sink->writable = false;
    ssize_t taken = sent < 0 ? 0 : sent;
    return keep(flow, bytes + taken, (size_t)(got - taken));
}

enum moved flow_move(struct flow *flow, struct endpoint *source, struct endpoint *sink) {
    if (flow->held == 0 && flow->ended) {
        flow->done = true;
        return MOVED;
    }
    if (!sink->writable)
        return WAITS;
    if (flow->held > 0)
        return drain(flow, sink);
    if (!source->readable)
        return WAITS;
    return flow->bulk ? fill(flow, source) : copy(flow, source, sink);
}
