#include "links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool network_parse(const char *text, struct network *network) {
    char address[INET_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    if (slash == NULL || (size_t)(slash - text) >= sizeof address)
        return false;
    snprintf(address, sizeof address, "%.*s", (int)(slash - text), text);
    char *rest;
    unsigned long prefix = strtoul(slash + 1, &rest, 10);
    if (rest == slash + 1 || *rest != '\0' || prefix > 30)
        return false;
    network->prefix = (uint8_t)prefix;
    return inet_pton(AF_INET, address, &network->address) == 1;
}

struct hardware_address {
    unsigned char bytes[6];
};

static struct hardware_address hardware_address_of(struct in_addr address) {
    struct hardware_address hardware = {{0x02, 0x6e}};
    memcpy(hardware.bytes + 2, &address, sizeof address);
    return hardware;
}

void link_put_hardware_address(struct netlink_request *request, struct in_addr address) {
    struct hardware_address hardware = hardware_address_of(address);
    netlink_put(request, IFLA_ADDRESS, hardware.bytes, sizeof hardware.bytes);
}

struct ifinfomsg link_of(int index, unsigned flags) {
    return (struct ifinfomsg){.ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = flags, .ifi_change = flags};
}

int link_add_address(int netlink, int index, const struct network *network) {
    struct ifaddrmsg part = {.ifa_family = AF_INET, .ifa_prefixlen = network->prefix, .ifa_index = (unsigned)index};
    uint32_t host_bits = htonl(UINT32_MAX >> network->prefix);
    struct in_addr broadcast = {network->address.s_addr | host_bits};
    struct netlink_request request;
    netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &part, sizeof part);
    netlink_put(&request, IFA_LOCAL, &network->address, sizeof network->address);
    netlink_put(&request, IFA_ADDRESS, &network->address, sizeof network->address);
    netlink_put(&request, IFA_BROADCAST, &broadcast, sizeof broadcast);
    return netlink_do(netlink, &request);
}

int link_set_alias(int netlink, int index, const char *alias) {
    struct ifinfomsg part = link_of(index, 0);
    struct netlink_request request;
    netlink_begin(&request, RTM_SETLINK, 0, &part, sizeof part);
    netlink_put_text(&request, IFLA_IFALIAS, alias);
    return netlink_do(netlink, &request);
}

int link_set_up(int netlink, int index) {
    struct ifinfomsg part = link_of(index, IFF_UP);
    struct netlink_request request;
    netlink_begin(&request, RTM_SETLINK, 0, &part, sizeof part);
    return netlink_do(netlink, &request);
}

static int remove_link(int netlink, int index) {
    struct ifinfomsg part = link_of(index, 0);
    struct netlink_request request;
    netlink_begin(&request, RTM_DELLINK, 0, &part, sizeof part);
    return netlink_do(netlink, &request);
}

struct link_facts {
    int index;
    const char *alias;
    int ports;
    bool tagged;
    bool ours;
    struct hardware_address hardware;
};

/* Looks whether it is the link itself, or a port of it. */
static void look_at(const struct nlmsghdr *answer, void *context) {
    struct link_facts *facts = context;
    const struct ifinfomsg *part = NLMSG_DATA(answer);
    int left = (int)IFLA_PAYLOAD(answer);
    for (const struct rtattr *attribute = IFLA_RTA(part); RTA_OK(attribute, left);
         attribute = RTA_NEXT(attribute, left)) {
        int master;
        if (attribute->rta_type == IFLA_MASTER) {
            memcpy(&master, RTA_DATA(attribute), sizeof master);
            facts->ports += master == facts->index;
        } else if (attribute->rta_type == IFLA_IFALIAS && part->ifi_index == facts->index) {
            size_t size = RTA_PAYLOAD(attribute);
            facts->tagged = true;
            facts->ours = strnlen(RTA_DATA(attribute), size) == strlen(facts->alias) &&
                          memcmp(RTA_DATA(attribute), facts->alias, strlen(facts->alias)) == 0;
        } else if (attribute->rta_type == IFLA_ADDRESS && part->ifi_index == facts->index &&
                   RTA_PAYLOAD(attribute) == sizeof facts->hardware.bytes) {
            memcpy(facts->hardware.bytes, RTA_DATA(attribute), sizeof facts->hardware.bytes);
        }
    }
}

static int look(int netlink, struct link_facts *facts) {
    struct ifinfomsg part = link_of(0, 0);
    struct netlink_request request;
    netlink_begin(&request, RTM_GETLINK, 0, &part, sizeof part);
    return netlink_dump(netlink, &request, RTM_NEWLINK, look_at, facts);
}

int link_is_ours(int netlink, int index, const char *alias, struct in_addr address) {
    struct link_facts facts = {.index = index, .alias = alias};
    int err = look(netlink, &facts);
    if (err < 0)
        return err;
    struct hardware_address made = hardware_address_of(address);
    return facts.ours || (!facts.tagged && memcmp(&facts.hardware, &made, sizeof made) == 0);
}

int link_remove_tagged(int netlink, const char *name, const char *alias) {
    struct link_facts facts = {.index = (int)if_nametoindex(name), .alias = alias};
    if (facts.index == 0)
        return -ENODEV;
    int err = look(netlink, &facts);
    if (err < 0)
        return err;
    return facts.ours && facts.ports == 0 ? remove_link(netlink, facts.index) : 0;
}
