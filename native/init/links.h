/* Network interfaces and their addresses, within the namespace of the netlink socket. Results: 0 or -errno. */
#pragma once

#include "netlink.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdbool.h>

struct network {
    struct in_addr address;
    uint8_t prefix;
};

/* 10.213.0.1/22. False: no such thing. */
bool network_parse(const char *text, struct network *network);

/* The fixed part of a request about a link; `flags` (IFF_*) are set. */
struct ifinfomsg link_of(int index, unsigned flags);
/* Made from the address: who takes an address over is found where the last one was. */
void link_put_hardware_address(struct netlink_request *request, struct in_addr address);
int link_add_address(int netlink, int index, const struct network *network);
int link_set_alias(int netlink, int index, const char *alias);
int link_set_up(int netlink, int index);
/* 1: the link is tagged so, or, not tagged at all, has the hardware address made from this one. 0: another's. */
int link_is_ours(int netlink, int index, const char *alias, struct in_addr address);
/* Removes the link if it is tagged so and has no ports; -ENODEV: there is none of this name. */
int link_remove_tagged(int netlink, const char *name, const char *alias);
