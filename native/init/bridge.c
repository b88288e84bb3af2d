#include "bridge.h"
#include "../src/cleanup.h"
#include "links.h"
#include "ops.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char inside_name[] = "eth0";

/* Bridges of others are never touched: ours says so by its alias. */
static const char bridge_alias[] = "nsview";

/* Also of one whose maker was killed in between: what is done already is done again. */
static int finish_bridge(int netlink, int index, const struct network *gateway) {
    int err = link_set_alias(netlink, index, bridge_alias);
    if (err == 0)
        err = link_add_address(netlink, index, gateway);
    return err == 0 ? link_set_up(netlink, index) : err;
}

static int make_bridge(int netlink, const char *name, const struct network *gateway) {
    struct ifinfomsg part = link_of(0, 0);
    struct netlink_request request;
    netlink_begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &part, sizeof part);
    netlink_put_text(&request, IFLA_IFNAME, name);
    link_put_hardware_address(&request, gateway->address);
    size_t info = netlink_nest(&request, IFLA_LINKINFO, NULL, 0);
    netlink_put_text(&request, IFLA_INFO_KIND, "bridge");
    netlink_nest_end(&request, info);
    int err = netlink_do(netlink, &request);
    return err == 0 ? finish_bridge(netlink, (int)if_nametoindex(name), gateway) : err;
}

static int join_bridge(struct run *run, int netlink, const char *name, const struct network *gateway) {
    int index = (int)if_nametoindex(name);
    if (index == 0)
        return make_bridge(netlink, name, gateway);
    int ours = link_is_ours(netlink, index, bridge_alias, gateway->address);
    if (ours > 0)
        return finish_bridge(netlink, index, gateway);
    if (ours == 0)
        tell(run, "there is an interface %s already, which nsview did not make", name);
    return ours == 0 ? -EEXIST : ours;
}

/* The peer is born in the container's namespace: at no moment can it be left behind on the host. */
static int make_pair(int netlink, int bridge, const struct step *step, pid_t container) {
    const char *name = step->fields[3].text;
    struct ifinfomsg part = link_of(0, IFF_UP);
    struct ifinfomsg peer_part = link_of(0, 0);
    struct netlink_request request;
    uint32_t pid = (uint32_t)container;
    netlink_begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &part, sizeof part);
    netlink_put_text(&request, IFLA_IFNAME, name);
    netlink_put(&request, IFLA_MASTER, &bridge, sizeof bridge);
    size_t info = netlink_nest(&request, IFLA_LINKINFO, NULL, 0);
    netlink_put_text(&request, IFLA_INFO_KIND, "veth");
    size_t data = netlink_nest(&request, IFLA_INFO_DATA, NULL, 0);
    size_t peer = netlink_nest(&request, VETH_INFO_PEER, &peer_part, sizeof peer_part);
    netlink_put_text(&request, IFLA_IFNAME, inside_name);
    netlink_put(&request, IFLA_NET_NS_PID, &pid, sizeof pid);
    netlink_nest_end(&request, peer);
    netlink_nest_end(&request, data);
    netlink_nest_end(&request, info);
    int err = netlink_do(netlink, &request);
    return err == 0 ? link_set_alias(netlink, (int)if_nametoindex(name), step->fields[4].text) : err;
}

/* One start or end at a time: a bridge must not go while another container comes to it. */
static int lock_links(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX) == 0)
        return fd;
    int err = -errno;
    close(fd);
    return err;
}

int op_bridge(struct run *run, const struct step *step) {
    const char *name = step->fields[1].text;
    struct network gateway;
    if (!network_parse(step->fields[2].text, &gateway))
        return -EINVAL;
    scoped_fd lock = lock_links(step->fields[0].text);
    if (lock < 0)
        return lock;
    scoped_fd netlink = netlink_open();
    if (netlink < 0)
        return netlink;
    int err = join_bridge(run, netlink, name, &gateway);
    if (err == 0)
        err = make_pair(netlink, (int)if_nametoindex(name), step, run->child);
    if (err == 0)
        tell(run, "%s on %s", step->fields[3].text, name);
    return err;
}

int op_interface(struct run *run, const struct step *step) {
    (void)run;
    struct network network;
    struct in_addr gateway;
    if (!network_parse(step->fields[0].text, &network) || inet_pton(AF_INET, step->fields[1].text, &gateway) != 1)
        return -EINVAL;
    scoped_fd netlink = netlink_open();
    if (netlink < 0)
        return netlink;
    int index = (int)if_nametoindex(inside_name);
    struct ifinfomsg part = link_of(index, IFF_UP);
    struct netlink_request request;
    netlink_begin(&request, RTM_SETLINK, 0, &part, sizeof part);
    link_put_hardware_address(&request, network.address);
    int err = netlink_do(netlink, &request);
    if (err == 0)
        err = link_add_address(netlink, index, &network);
    if (err < 0)
        return err;
    struct rtmsg route = {
        .rtm_family = AF_INET,
        .rtm_table = RT_TABLE_MAIN,
        .rtm_protocol = RTPROT_STATIC,
        .rtm_scope = RT_SCOPE_UNIVERSE,
        .rtm_type = RTN_UNICAST,
    };
    netlink_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
    netlink_put(&request, RTA_GATEWAY, &gateway, sizeof gateway);
    netlink_put(&request, RTA_OIF, &index, sizeof index);
    return netlink_do(netlink, &request);
}

/* `veth` NULL: only the bridge, if nothing is on it. */
static int leave(const char *lock_path, const char *bridge, const char *veth, const char *alias) {
    scoped_fd lock = lock_links(lock_path);
    if (lock < 0)
        return lock;
    scoped_fd netlink = netlink_open();
    if (netlink < 0)
        return netlink;
    int err = veth == NULL ? 0 : link_remove_tagged(netlink, veth, alias);
    if (err < 0 && err != -ENODEV)
        return err;
    err = link_remove_tagged(netlink, bridge, bridge_alias);
    return err == -ENODEV ? 0 : err;
}

int op_bridge_end(struct run *run, const struct step *step) {
    (void)run;
    const struct field *fields = step->fields;
    return leave(fields[0].text, fields[1].text, fields[2].text, fields[3].text);
}

int unbridge_main(int argc, char **argv) {
    bool pair = argc == 6;
    if (argc != 4 && !pair)
        return EXIT_FAILURE;
    int err = leave(argv[2], argv[3], pair ? argv[4] : NULL, pair ? argv[5] : NULL);
    if (err < 0)
        dprintf(STDERR_FILENO, "nsview-init unbridge: %s\n", strerror(-err));
    return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
