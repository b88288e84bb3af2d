#include "../src/cleanup.h"
#include "ops.h"
#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOST_NAME_BYTES = 64, END_MS = 1000 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* False: no address of version 4 or 6. */
static bool parse_address(const char *text, uint16_t port, union address *address) {
    *address = (union address){.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1)
        return true;
    *address = (union address){.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
    return inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1;
}

/* 127.0.0.1:4000, [::1]:4000 */
static void name_address(char name[HOST_NAME_BYTES], const char *text, uint16_t port) {
    snprintf(name, HOST_NAME_BYTES, strchr(text, ':') == NULL ? "%s:%u" : "[%s]:%u", text, port);
}

static int listen_on(union address *address) {
    bool v6 = address->any.sa_family == AF_INET6;
    socklen_t size = v6 ? sizeof address->v6 : sizeof address->v4;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* So that [::] and 0.0.0.0 can both be asked for, and each is what it says. */
    if (v6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, &address->any, size) < 0 || listen(fd, SOMAXCONN) < 0 || getsockname(fd, &address->any, &size) < 0) {
        int err = -errno;
        close(fd);
        return err;
    }
    return fd;
}

static uint16_t port_of(const union address *address) {
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

int op_publish(struct run *run, const struct step *step) {
    const char *text = step->fields[0].text;
    uint16_t port = (uint16_t)step->fields[1].number;
    char name[HOST_NAME_BYTES];
    union address address;
    name_address(name, text, port);
    tell(run, "%s", name);
    if (run->listener_count == PROXY_MAX_PORTS)
        return -ENOSPC;
    if (!parse_address(text, port, &address))
        return -EINVAL;
    int *listeners = realloc(run->listeners, (size_t)(run->listener_count + 1) * sizeof *listeners);
    if (listeners == NULL)
        return -ENOMEM;
    run->listeners = listeners;
    int fd = listen_on(&address);
    if (fd < 0)
        return fd;
    listeners[run->listener_count++] = fd;
    name_address(name, text, port_of(&address));
    tell(run, "%s", name);
    return 0;
}

/* The arguments of `nsview-init proxy`, as the process list shall show them. NULL: no memory. */
static char **proxy_arguments(const struct run *run, const char *inside) {
    char **arguments = calloc((size_t)run->listener_count + 5, sizeof *arguments);
    if (arguments == NULL)
        return NULL;
    int count = 0;
    arguments[count++] = "nsview-init";
    arguments[count++] = "proxy";
    if (inside[0] != '\0') {
        arguments[count++] = "--address";
        arguments[count++] = (char *)inside;
    }
    int listener = 0;
    for (uint32_t id = 0; id < run->plan.step_count; id++) {
        const struct step *step = &run->plan.steps[id];
        if (step->op != OP_PUBLISH)
            continue;
        union address address = {0};
        socklen_t size = sizeof address;
        char name[HOST_NAME_BYTES];
        getsockname(run->listeners[listener++], &address.any, &size);
        name_address(name, step->fields[0].text, port_of(&address));
        if (asprintf(&arguments[count++], "%s:%u", name, (unsigned)step->fields[2].number) < 0)
            return NULL;
    }
    return arguments;
}

/* Where the user namespace is the container's too, the rights over its network come from there. */
static int enter_network(int pidfd) {
    if (setns(pidfd, CLONE_NEWNET) == 0)
        return 0;
    return errno == EPERM && setns(pidfd, CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : -errno;
}

/* Puts the descriptors where `proxy` looks for them: by way of numbers above, as some of these are taken. */
static int place_descriptors(const struct run *run, int *status) {
    int above = PROXY_FIRST_LISTENER_FD + run->listener_count;
    *status = fcntl(*status, F_DUPFD_CLOEXEC, above);
    int lifeline = fcntl(run->pidfd, F_DUPFD_CLOEXEC, above);
    for (int i = 0; i < run->listener_count; i++)
        run->listeners[i] = fcntl(run->listeners[i], F_DUPFD_CLOEXEC, above);
    if (*status < 0 || dup2(lifeline, PROXY_LIFELINE_FD) < 0)
        return -errno;
    for (int i = 0; i < run->listener_count; i++)
        if (dup2(run->listeners[i], PROXY_FIRST_LISTENER_FD + i) < 0)
            return -errno;
    return syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ? -errno : 0;
}

static _Noreturn void become_proxy(struct run *run, char **arguments, int status) {
    char *environment[] = {NULL};
    int err = enter_network(run->pidfd);
    if (err == 0)
        err = place_descriptors(run, &status);
    if (err == 0) {
        execve("/proc/self/exe", arguments, environment);
        err = -errno;
    }
    if (write(status, &err, sizeof err) < 0)
        _exit(2);
    _exit(1);
}

static void close_listeners(struct run *run) {
    for (int i = 0; i < run->listener_count; i++)
        close(run->listeners[i]);
    run->listener_count = 0;
}

int op_proxy(struct run *run, const struct step *step) {
    int ends[2];
    char **arguments = proxy_arguments(run, step->fields[0].text);
    if (arguments == NULL)
        return -ENOMEM;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    scoped_fd reads = ends[0];
    run->proxy = fork();
    if (run->proxy == 0)
        become_proxy(run, arguments, ends[1]);
    int err = run->proxy < 0 ? -errno : 0;
    close(ends[1]);
    close_listeners(run);
    /* Its end without a word: the program was executed. */
    if (err == 0 && read(reads, &err, sizeof err) == 0)
        tell(run, "pid %d", run->proxy);
    return err;
}

int op_proxy_end(struct run *run, const struct step *step) {
    (void)step;
    if (run->proxy <= 0)
        return 0;
    scoped_fd proxy = pidfd_open(run->proxy, 0);
    struct pollfd ended = {proxy, POLLIN, 0};
    if (proxy < 0 || poll(&ended, 1, END_MS) != 1)
        kill(run->proxy, SIGKILL);
    waitpid(run->proxy, NULL, 0);
    run->proxy = 0;
    return 0;
}
