#include "demo.h"
#include "sys.h"
#include <linux/prctl.h>
#include <linux/time_types.h>
#include <signal.h>
#include <sys/resource.h>

/* As the kernel has it (rt_sigaction(2)), which is not as the C library has it. */
struct kernel_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

enum { RESTORER = 0x04000000, SIGNAL_SET_BYTES = sizeof(uint64_t) };

static uint64_t one_signal(int signal) {
    return (uint64_t)1 << (signal - 1);
}

void leave(int status) {
    for (;;)
        SYS1(exit_group, status);
}

static void end(int signal) {
    (void)signal;
    leave(0);
}

/* A handler that ends the process never returns: what would restore its caller is asked for by the kernel alone. */
static void never(void) {
    leave(1);
}

static void handle(int signal, void (*handler)(int)) {
    struct kernel_action action = {.handler = handler, .flags = RESTORER, .restorer = never};
    SYS4(rt_sigaction, signal, &action, 0, SIGNAL_SET_BYTES);
}

void settle(void) {
    uint64_t asked = one_signal(SIGUSR1);
    SYS4(rt_sigprocmask, SIG_BLOCK, &asked, 0, SIGNAL_SET_BYTES);
    handle(SIGTERM, end);
    handle(SIGINT, end);
    handle(SIGHUP, end);
    handle(SIGPIPE, SIG_IGN);
    SYS3(setpriority, PRIO_PROCESS, 0, 19);
}

bool pause_for(long milliseconds) {
    uint64_t asked = one_signal(SIGUSR1);
    struct __kernel_timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    for (;;) {
        long answer = SYS4(rt_sigtimedwait, &asked, 0, milliseconds < 0 ? 0 : &time, SIGNAL_SET_BYTES);
        if (answer != -EINTR)
            return answer == SIGUSR1;
    }
}

void hold(void) {
    for (;;)
        pause_for(-1);
}

long split(void) {
    long parent = SYS0(getpid);
    long child = SYS2(clone, SIGCHLD, 0);
    if (child != 0)
        return child;
    SYS2(prctl, PR_SET_PDEATHSIG, SIGKILL);
    /* In a pid namespace of its own the parent is 1 and stays so; elsewhere it may have ended before the call above. */
    if (SYS0(getppid) != parent)
        leave(1);
    return 0;
}
