#include "pid-one.h"

#include <signal.h>
#include <sys/wait.h>

static int exit_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int be_pid_one(pid_t command) {
    sigset_t all;
    sigfillset(&all);
    for (;;) {
        siginfo_t info;
        int signal_number = sigwaitinfo(&all, &info);
        if (signal_number < 0)
            continue;
        if (signal_number != SIGCHLD) {
            kill(command, signal_number);
            continue;
        }
        /* One SIGCHLD may stand for several. */
        int status;
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
            if (ended == command)
                return exit_status(status);
        }
    }
}
