#include "proxy-connection.h"
#include "proxy-pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* How often one connection may move bytes before it gives way to the others. */
    TURNS = 16,
};

static struct connection *owner_of(struct endpoint *endpoint) {
    size_t side = endpoint->source == SOURCE_CLIENT ? CLIENT : SERVER;
    return (struct connection *)((char *)endpoint - offsetof(struct connection, sides) - side * sizeof *endpoint);
}

static void send_at_once(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* So that closing it is what the other side of a broken connection should see: a reset. */
static void reset_on_close(int fd) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void close_endpoint(struct endpoint *endpoint, bool reset) {
    if (endpoint->fd < 0)
        return;
    if (reset)
        reset_on_close(endpoint->fd);
    close(endpoint->fd);
    endpoint->fd = -1;
}

static void close_connection(struct connections *all, struct connection *connection, bool reset) {
    for (int side = 0; side < SIDES; side++) {
        close_endpoint(&connection->sides[side], reset);
        pipe_drop(connection->flows[side].pipe);
    }
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        all->all = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    connection->closed = true;
    all->count--;
    connection->next = all->closed;
    all->closed = connection;
}

static void queue(struct connections *all, struct connection *connection) {
    if (connection->queued)
        return;
    connection->queued = true;
    connection->next_ready = all->ready;
    all->ready = connection;
}

/* Moves what one side sends until one of them has to wait. False: the connection is over. */
static bool pump(struct connections *all, struct connection *connection, enum side from) {
    struct flow *flow = &connection->flows[from];
    struct endpoint *sink = &connection->sides[!from];
    for (int turn = 0; !flow->done; turn++) {
        if (turn == TURNS) {
            queue(all, connection);
            return true;
        }
        switch (flow_move(flow, &connection->sides[from], sink)) {
        case MOVED:
            /* Of the second end the other side learns when it is closed. */
            if (flow->done && !connection->flows[!from].done)
                shutdown(sink->fd, SHUT_WR);
            break;
        case WAITS:
            return true;
        case SOURCE_GONE:
            return false;
        case SINK_GONE:
            /* It may have answered before it went: the other flow ends the connection once that is delivered. */
            pipe_drop(flow->pipe);
            flow->held = 0;
            flow->done = true;
            connection->broken = true;
            sink->readable = true;
            break;
        }
    }
    return true;
}

static void go_on(struct connections *all, struct connection *connection) {
    bool whole = pump(all, connection, CLIENT) && pump(all, connection, SERVER);
    if (!whole)
        close_connection(all, connection, true);
    else if (connection->flows[CLIENT].done && connection->flows[SERVER].done)
        close_connection(all, connection, connection->broken);
}

/* All that may happen, once: edges are enough where each flow goes on until it must wait. */
static int watch(const struct connections *all, struct endpoint *endpoint) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = endpoint};
    return epoll_ctl(all->epoll, EPOLL_CTL_ADD, endpoint->fd, &event);
}

/* 0, -EINPROGRESS, or why not. */
static int connect_to(int fd, const union target *target, in_port_t port) {
    union target at = *target;
    socklen_t size = at.any.sa_family == AF_INET6 ? sizeof at.v6 : sizeof at.v4;
    if (at.any.sa_family == AF_INET6)
        at.v6.sin6_port = port;
    else
        at.v4.sin_port = port;
    if (connect(fd, &at.any, size) == 0)
        return 0;
    /* Within one machine the handshake is over by now: asking again saves a turn of the loop. */
    if (errno == EINPROGRESS && connect(fd, &at.any, size) == 0)
        return 0;
    return errno == EALREADY ? -EINPROGRESS : -errno;
}

/* Tries the targets that are left. False: there is none. */
static bool reach_out(struct connections *all, struct connection *connection) {
    struct endpoint *server = &connection->sides[SERVER];
    for (; connection->target < connection->targets->count; connection->target++) {
        const union target *target = &connection->targets->of[connection->target];
        close_endpoint(server, false);
        server->fd = socket(target->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (server->fd < 0)
            continue;
        send_at_once(server->fd);
        int err = connect_to(server->fd, target, connection->port);
        if ((err == 0 || err == -EINPROGRESS) && watch(all, server) == 0) {
            connection->connected = err == 0;
            server->writable = err == 0;
            return true;
        }
    }
    return false;
}

/* The connect(2) in progress has ended. */
static void connect_ended(struct connections *all, struct connection *connection) {
    int err = 0;
    socklen_t size = sizeof err;
    getsockopt(connection->sides[SERVER].fd, SOL_SOCKET, SO_ERROR, &err, &size);
    if (err == 0) {
        connection->connected = true;
        return;
    }
    connection->target++;
    if (!reach_out(all, connection))
        close_connection(all, connection, true);
}

void connection_open(struct connections *all, int client, const struct targets *targets, in_port_t port) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        close(client);
        return;
    }
    *connection = (struct connection){
        /* Its first bytes are likely there by now; of what a server says first an event tells. */
        .sides = {{SOURCE_CLIENT, client, true, true, false}, {.source = SOURCE_SERVER, .fd = -1}},
        .flows = {{.pipe = {-1, -1}}, {.pipe = {-1, -1}}},
        .next = all->all,
        .targets = targets,
        .port = port,
    };
    if (all->all != NULL)
        all->all->previous = connection;
    all->all = connection;
    all->count++;
    if (!reach_out(all, connection) || watch(all, &connection->sides[CLIENT]) < 0)
        close_connection(all, connection, true);
    else if (connection->connected)
        go_on(all, connection);
}

void connection_event(struct connections *all, struct endpoint *endpoint, uint32_t events) {
    struct connection *connection = owner_of(endpoint);
    if (connection->closed)
        return;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        endpoint->readable = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0)
        endpoint->writable = true;
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        endpoint->hung_up = true;
    if (!connection->connected) {
        if (endpoint->source == SOURCE_SERVER)
            connect_ended(all, connection);
    }
    if (connection->connected && !connection->closed)
        go_on(all, connection);
    /* Who has reset its connection waits for nothing; what the container's side left is still delivered. */
    if ((events & EPOLLERR) != 0 && endpoint->source == SOURCE_CLIENT && !connection->closed)
        close_connection(all, connection, true);
}

void connections_resume(struct connections *all) {
    struct connection *connection = all->ready;
    all->ready = NULL;
    while (connection != NULL) {
        struct connection *next = connection->next_ready;
        connection->queued = false;
        if (!connection->closed)
            go_on(all, connection);
        connection = next;
    }
}

void connections_drop_unconnected(struct connections *all) {
    for (struct connection *connection = all->all, *next; connection != NULL; connection = next) {
        next = connection->next;
        if (!connection->connected)
            close_connection(all, connection, true);
    }
}

void connections_free_closed(struct connections *all) {
    /* One in the list of the ready is freed after its turn there. */
    struct connection **place = &all->closed;
    while (*place != NULL) {
        struct connection *connection = *place;
        if (connection->queued) {
            place = &connection->next;
            continue;
        }
        *place = connection->next;
        free(connection);
    }
}

void connections_close_all(struct connections *all) {
    while (all->all != NULL)
        close_connection(all, all->all, true);
    connections_resume(all);
    connections_free_closed(all);
}
