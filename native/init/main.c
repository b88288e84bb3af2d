/* nsview-init run|exec NAME: does the plan on descriptor 3. NAME is only for who reads the process list. */
#include "bridge.h"
#include "proxy.h"
#include "run.h"
#include "seal.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Standard streams that are closed would be taken by the first files opened. */
static int open_missing_streams(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return -EBADF;
    }
    return 0;
}

/* Whoever started us may have left signals blocked or ignored, and the container would inherit them. */
static void reset_signals(void) {
    /* By the system call: the C library keeps two to itself, which posix_spawn(3) leaves ignored. */
    static const char by_default[4 * sizeof(long)];
    for (int signal_number = 1; signal_number < NSIG; signal_number++)
        syscall(SYS_rt_sigaction, signal_number, by_default, NULL, sizeof(uint64_t));
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int start_fresh(char **argv) {
    umask(0);
    int err = open_missing_streams();
    if (err < 0)
        return err;
    if (syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0) < 0)
        return -errno;
    err = seal_self(argv);
    if (err < 0)
        return err;
    if (fcntl(PLAN_FD, F_SETFD, FD_CLOEXEC) < 0 || fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC) < 0)
        return -errno;
    reset_signals();
    prctl(PR_SET_NAME, "nsview-init");
    /* An ordinary user must write the id maps of a child, whose files in /proc belong to root when not dumpable. */
    if (geteuid() == 0)
        prctl(PR_SET_DUMPABLE, 0);
    return 0;
}

int main(int argc, char **argv) {
    if (argc >= 2 && strcmp(argv[1], "proxy") == 0)
        return proxy_main(argc, argv);
    if (argc >= 2 && strcmp(argv[1], "unbridge") == 0)
        return unbridge_main(argc, argv);
    if (argc < 2 || (strcmp(argv[1], "run") != 0 && strcmp(argv[1], "exec") != 0)) {
        fputs("nsview-init is started by nsview\n", stderr);
        return EXIT_OURS;
    }
    int err = start_fresh(argv);
    if (err < 0) {
        status_failed(-1, -err, "the helper cannot start from a sealed copy of itself");
        return EXIT_OURS;
    }
    return run_plan();
}
