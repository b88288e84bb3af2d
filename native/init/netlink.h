/* Requests to the kernel's network configuration: rtnetlink(7). */
#pragma once

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

enum { NETLINK_BYTES = 1024 };

struct netlink_request {
    union {
        struct nlmsghdr header;
        char bytes[NETLINK_BYTES];
    };
};

/* A socket for requests, or -errno. */
int netlink_open(void);

/* Begins a request of `type` (RTM_*) whose fixed part is `part`. */
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *part, size_t size);
/* All attributes of one request fit: their sizes are known when the code is written. */
void netlink_put(struct netlink_request *request, uint16_t type, const void *bytes, size_t size);
void netlink_put_text(struct netlink_request *request, uint16_t type, const char *text);
/* What is put until the end is inside it. Returns what netlink_nest_end() takes. */
size_t netlink_nest(struct netlink_request *request, uint16_t type, const void *part, size_t size);
void netlink_nest_end(struct netlink_request *request, size_t nest);

/* Sends it and waits for the kernel's answer. 0 or -errno. */
int netlink_do(int fd, struct netlink_request *request);

/* Sends a dump request and gives each answer of `type` to `each`. 0 or -errno. */
int netlink_dump(
    int fd, struct netlink_request *request, uint16_t type, void (*each)(const struct nlmsghdr *answer, void *context),
    void *context
);
