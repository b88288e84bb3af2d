#include "netlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int netlink_open(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    return fd < 0 ? -errno : fd;
}

static char *append(struct netlink_request *request, size_t size) {
    char *place = request->bytes + NLMSG_ALIGN(request->header.nlmsg_len);
    size_t length = (size_t)(place - request->bytes) + size;
    if (NLMSG_ALIGN(length) > sizeof request->bytes)
        __builtin_trap();
    memset(place, 0, NLMSG_ALIGN(size));
    request->header.nlmsg_len = (uint32_t)length;
    return place;
}

void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *part, size_t size) {
    request->header = (struct nlmsghdr
    ){.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = 1};
    memcpy(append(request, size), part, size);
}

void netlink_put(struct netlink_request *request, uint16_t type, const void *bytes, size_t size) {
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = type};
    char *place = append(request, RTA_LENGTH(size));
    memcpy(place, &attribute, sizeof attribute);
    if (size > 0)
        memcpy(place + RTA_LENGTH(0), bytes, size);
}

void netlink_put_text(struct netlink_request *request, uint16_t type, const char *text) {
    netlink_put(request, type, text, strlen(text) + 1);
}

size_t netlink_nest(struct netlink_request *request, uint16_t type, const void *part, size_t size) {
    size_t nest = NLMSG_ALIGN(request->header.nlmsg_len);
    netlink_put(request, type, part, size);
    return nest;
}

void netlink_nest_end(struct netlink_request *request, size_t nest) {
    unsigned short length = (unsigned short)(request->header.nlmsg_len - nest);
    memcpy(request->bytes + nest + offsetof(struct rtattr, rta_len), &length, sizeof length);
}

static int send_request(int fd, const struct netlink_request *request) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent =
        sendto(fd, request->bytes, request->header.nlmsg_len, 0, (const struct sockaddr *)&kernel, sizeof kernel);
    return sent < 0 ? -errno : 0;
}

struct answers {
    uint16_t type;
    void (*each)(const struct nlmsghdr *answer, void *context);
    void *context;
};

/* 1: more is to come; 0: the end; -errno. */
static int take(const struct nlmsghdr *header, const struct answers *answers) {
    if (header->nlmsg_type == NLMSG_ERROR)
        return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
    if (header->nlmsg_type == NLMSG_DONE)
        return 0;
    if (answers->each != NULL && header->nlmsg_type == answers->type)
        answers->each(header, answers->context);
    return 1;
}

static int receive(int fd, const struct answers *answers) {
    static _Alignas(struct nlmsghdr) char bytes[32 << 10];
    for (;;) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EPIPE;
        size_t left = (size_t)got;
        for (const struct nlmsghdr *header = (const struct nlmsghdr *)bytes; NLMSG_OK(header, left);
             header = NLMSG_NEXT(header, left)) {
            int more = take(header, answers);
            if (more <= 0)
                return more;
        }
    }
}

int netlink_do(int fd, struct netlink_request *request) {
    request->header.nlmsg_flags |= NLM_F_ACK;
    int err = send_request(fd, request);
    return err < 0 ? err : receive(fd, &(struct answers){0});
}

int netlink_dump(
    int fd, struct netlink_request *request, uint16_t type, void (*each)(const struct nlmsghdr *answer, void *context),
    void *context
) {
    request->header.nlmsg_flags |= NLM_F_DUMP;
    int err = send_request(fd, request);
    return err < 0 ? err : receive(fd, &(struct answers){type, each, context});
}
