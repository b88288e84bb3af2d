#include "proxy.h"
#include "../src/cleanup.h"
#include "clock.h"

#include "proxy-connection.h"
#include "proxy-pipe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 64,
    /* Connections taken before the others have a turn. */
    ACCEPTS = 16,
    /* Two sockets, and for each direction a pipe. */
    FDS_OF_CONNECTION = 6,
    /* Standard streams, epoll, lifeline, a connection that is being tried. */
    FDS_OF_OURS = 8,
    RETRY_MS = 100,
    /* What a container that has ended left on its way is delivered for so long. */
    DRAIN_MS = 500,
};

struct listener {
    enum source source;
    int fd;
    in_port_t container_port;
};

struct proxy {
    struct connections connections;
    struct targets targets;
    struct listener *listeners;
    int listener_count;
    int most_connections;
    bool paused;
    int64_t retry_at; /* paused because the kernel refused: not before */
    bool ending;
    int64_t deadline;
};

static int64_t raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1024;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

/* While paused, clients wait in the kernel's queue. */
static void set_paused(struct proxy *proxy, bool paused) {
    if (proxy->paused == paused)
        return;
    proxy->paused = paused;
    for (int i = 0; i < proxy->listener_count; i++) {
        struct listener *listener = &proxy->listeners[i];
        struct epoll_event event = {.events = paused ? 0 : EPOLLIN, .data.ptr = listener};
        epoll_ctl(proxy->connections.epoll, EPOLL_CTL_MOD, listener->fd, &event);
    }
}

static void accept_some(struct proxy *proxy, const struct listener *listener) {
    for (int i = 0; i < ACCEPTS; i++) {
        if (proxy->connections.count >= proxy->most_connections) {
            set_paused(proxy, true);
            return;
        }
        int client = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0) {
            connection_open(&proxy->connections, client, &proxy->targets, listener->container_port);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            proxy->retry_at = clock_ms() + RETRY_MS;
            set_paused(proxy, true);
            return;
        }
        /* Anything else is about that one client (accept(2)), or there is none. */
        if (errno == EAGAIN)
            return;
    }
}

static void resume(struct proxy *proxy) {
    if (proxy->paused && proxy->connections.count < proxy->most_connections && clock_ms() >= proxy->retry_at)
        set_paused(proxy, false);
}

static void end(struct proxy *proxy) {
    if (proxy->ending)
        return;
    proxy->ending = true;
    proxy->deadline = clock_ms() + DRAIN_MS;
    for (int i = 0; i < proxy->listener_count; i++)
        close(proxy->listeners[i].fd);
    proxy->listener_count = 0;
    connections_drop_unconnected(&proxy->connections);
}

static void handle(struct proxy *proxy, const struct epoll_event *event) {
    switch (*(enum source *)event->data.ptr) {
    case SOURCE_LIFELINE:
        end(proxy);
        break;
    case SOURCE_LISTENER:
        if (!proxy->ending && !proxy->paused)
            accept_some(proxy, event->data.ptr);
        break;
    case SOURCE_CLIENT:
    case SOURCE_SERVER:
        connection_event(&proxy->connections, event->data.ptr, event->events);
        break;
    }
}

/* Milliseconds for epoll_wait(2); -1 for ever. */
static int patience(const struct proxy *proxy) {
    if (proxy->connections.ready != NULL)
        return 0;
    if (proxy->ending) {
        int64_t left = proxy->deadline - clock_ms();
        return left > 0 ? (int)left : 0;
    }
    return proxy->paused ? RETRY_MS : -1;
}

static void serve(struct proxy *proxy, int lifeline) {
    struct epoll_event events[EVENTS];
    while (!proxy->ending || (proxy->connections.count > 0 && clock_ms() < proxy->deadline)) {
        int count = epoll_wait(proxy->connections.epoll, events, EVENTS, patience(proxy));
        bool ended_before = proxy->ending;
        for (int i = 0; i < count; i++)
            handle(proxy, &events[i]);
        connections_resume(&proxy->connections);
        connections_free_closed(&proxy->connections);
        if (proxy->ending && !ended_before)
            epoll_ctl(proxy->connections.epoll, EPOLL_CTL_DEL, lifeline, NULL);
        resume(proxy);
    }
}

static int watch_level(const struct proxy *proxy, int fd, enum source *source) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    return epoll_ctl(proxy->connections.epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int set_targets(struct targets *targets, const char *address) {
    targets->of[0].v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    targets->of[1].v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    targets->count = 2;
    if (address == NULL)
        return 0;
    targets->of[2].v4 = (struct sockaddr_in){.sin_family = AF_INET};
    targets->count = 3;
    return inet_pton(AF_INET, address, &targets->of[2].v4.sin_addr) == 1 ? 0 : -EINVAL;
}

/* What every accepted connection is to have, it has from its listener. */
static void set_options(int listener) {
    int on = 1;
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(listener, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static int begin(struct proxy *proxy, int lifeline, const struct proxy_port *ports, int count) {
    static enum source lifeline_source = SOURCE_LIFELINE;
    int err = watch_level(proxy, lifeline, &lifeline_source);
    for (int i = 0; i < count && err == 0; i++) {
        proxy->listeners[i] = (struct listener){SOURCE_LISTENER, ports[i].listener, htons(ports[i].container_port)};
        set_options(ports[i].listener);
        err = watch_level(proxy, ports[i].listener, &proxy->listeners[i].source);
    }
    proxy->listener_count = count;
    return err;
}

int proxy_serve(int lifeline, const struct proxy_port *ports, int count, const char *address) {
    struct proxy proxy = {.connections.epoll = epoll_create1(EPOLL_CLOEXEC)};
    scoped_fd epoll = proxy.connections.epoll;
    scoped_fd ends = lifeline;
    if (epoll < 0)
        return -errno;
    int64_t descriptors = raise_descriptor_limit() - FDS_OF_OURS - count;
    proxy.most_connections = descriptors < FDS_OF_CONNECTION ? 1 : (int)(descriptors / FDS_OF_CONNECTION);
    proxy.listeners = calloc((size_t)count, sizeof *proxy.listeners);
    int err = proxy.listeners == NULL ? -ENOMEM : set_targets(&proxy.targets, address);
    if (err == 0)
        err = begin(&proxy, ends, ports, count);
    signal(SIGPIPE, SIG_IGN);
    if (err == 0)
        serve(&proxy, ends);
    connections_close_all(&proxy.connections);
    pipes_close_idle();
    free(proxy.listeners);
    return err;
}
