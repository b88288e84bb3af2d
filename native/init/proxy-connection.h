/* One client's connection and the one made for it in the container. */
#pragma once

#include "proxy-flow.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum side { CLIENT, SERVER, SIDES };

enum { PROXY_TARGETS = 3 };

/* Where in the container a connection may go, in the order of trying. */
struct targets {
    union target {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } of[PROXY_TARGETS];
    int count;
};

struct connection {
    struct endpoint sides[SIDES];
    struct flow flows[SIDES]; /* by the side that sends */
    struct connection *previous;
    struct connection *next;
    struct connection *next_ready;
    const struct targets *targets;
    in_port_t port; /* of the container, in the network's order */
    int target;
    bool connected;
    bool broken; /* one side is gone before all was said */
    bool closed;
    bool queued; /* in the list of those that could go on at once */
};

/* What all connections share. */
struct connections {
    int epoll;
    int count;
    struct connection *all;
    struct connection *ready;
    struct connection *closed; /* freed once no event can name them */
};

/* Takes `client`; the connection may be over when it returns. */
void connection_open(struct connections *all, int client, const struct targets *targets, in_port_t port);
/* What epoll told of one of its sides. */
void connection_event(struct connections *all, struct endpoint *endpoint, uint32_t events);
/* Goes on with those that gave way to others. */
void connections_resume(struct connections *all);
/* No more is to be expected from a container that is gone. */
void connections_drop_unconnected(struct connections *all);
void connections_free_closed(struct connections *all);
void connections_close_all(struct connections *all);
