#include "control.h"
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

union rights {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr aligned;
};

int control_send(int control, enum packet_kind kind, uint32_t id, int err, const char *text, int fd) {
    struct packet packet = {.kind = kind, .id = id, .err = err};
    strncpy(packet.text, text, sizeof packet.text - 1);
    struct iovec data = {&packet, sizeof packet};
    union rights rights = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (fd != NO_FD) {
        message.msg_control = &rights;
        message.msg_controllen = sizeof rights;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(control, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int control_receive(int control, struct packet *packet, int *fd) {
    struct iovec data = {packet, sizeof *packet};
    union rights rights = {0};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights};
    *fd = NO_FD;
    ssize_t got;
    while ((got = recvmsg(control, &message, MSG_CMSG_CLOEXEC)) < 0 && (errno == EINTR || errno == EAGAIN)) {
        struct pollfd packets = {control, POLLIN, 0};
        poll(&packets, 1, -1);
    }
    if (got < 0)
        return errno == ECONNRESET ? 0 : -errno;
    if (got == 0)
        return 0;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    if ((size_t)got != sizeof *packet)
        return -EPROTO;
    packet->text[sizeof packet->text - 1] = '\0';
    return 1;
}

/* A filter of the user may know no poll(2); reading is what every program does. No packet is on its way by then. */
static bool helper_is_gone(const struct run *run) {
    char byte;
    if (run->filtered)
        return read(run->control, &byte, 1) == 0;
    struct pollfd helper = {run->control, 0, 0};
    return poll(&helper, 1, 0) > 0 && (helper.revents & POLLHUP) != 0;
}

int lifeline_arm(const struct run *run) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -errno;
    /* In a new pid namespace getppid(2) tells nothing; a helper that died before the line above has closed its end. */
    if (helper_is_gone(run))
        _exit(EXIT_OURS);
    return 0;
}

int control_expect(struct run *run, enum packet_kind kind) {
    while (!(kind == PACKET_GO && run->may_go)) {
        struct packet packet;
        int fd;
        int got = control_receive(run->control, &packet, &fd);
        if (fd != NO_FD)
            close(fd);
        if (got <= 0)
            return got < 0 ? got : -ECONNRESET;
        if (packet.kind == PACKET_GO)
            run->may_go = true;
        else
            return packet.kind == kind ? 0 : -EPROTO;
    }
    return 0;
}
