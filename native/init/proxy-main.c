#include "../src/cleanup.h"
#include "proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXIT_FAILED = 125 };

static int fail(const char *what, int err) {
    dprintf(2, "nsview-init proxy: %s: %s\n", what, strerror(err));
    return EXIT_FAILED;
}

/* It only moves bytes between sockets that it has or may have without any right. */
static int give_up_privileges(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capset, &header, none) < 0)
        return -errno;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
}

/*
 * Ctrl-C is the container's to answer, and who reads our output must not wait for us. No session of our own: the kernel
 * shares processor time out by sessions (sched(7), autogroup), and client and proxy take turns faster within one.
 */
static int leave_terminal(void) {
    scoped_fd null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || chdir("/") < 0)
        return -errno;
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(null, fd) < 0)
            return -errno;
    return 0;
}

/* The last number of HOST:PORT:CONTAINER_PORT; 0: none. */
static uint16_t container_port(const char *argument) {
    const char *colon = strrchr(argument, ':');
    if (colon == NULL || colon[1] < '1' || colon[1] > '9')
        return 0;
    char *rest;
    unsigned long port = strtoul(colon + 1, &rest, 10);
    return *rest == '\0' && port <= UINT16_MAX ? (uint16_t)port : 0;
}

int proxy_main(int argc, char **argv) {
    static struct proxy_port ports[PROXY_MAX_PORTS];
    const char *address = NULL;
    argc -= 2; /* the program's name and `proxy` */
    argv += 2;
    if (argc >= 2 && strcmp(argv[0], "--address") == 0) {
        address = argv[1];
        argc -= 2;
        argv += 2;
    }
    if (argc < 1 || argc > PROXY_MAX_PORTS)
        return fail("ports", EINVAL);
    for (int i = 0; i < argc; i++) {
        int fd = PROXY_FIRST_LISTENER_FD + i;
        ports[i] = (struct proxy_port){fd, container_port(argv[i])};
        if (ports[i].container_port == 0)
            return fail(argv[i], EINVAL);
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
            return fail(argv[i], errno);
    }
    if (syscall(SYS_close_range, PROXY_FIRST_LISTENER_FD + argc, ~0U, 0) < 0)
        return fail("close_range", errno);
    prctl(PR_SET_NAME, "nsview-proxy");
    int err = leave_terminal();
    if (err < 0)
        return fail("terminal", -err);
    err = give_up_privileges();
    if (err < 0)
        return fail("privileges", -err);
    err = proxy_serve(PROXY_LIFELINE_FD, ports, argc, address);
    return err < 0 ? fail("proxy", -err) : 0;
}
