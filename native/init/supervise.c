#include "supervise.h"
#include "../src/cleanup.h"
#include "host-terminal.h"
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUT, OUTPUT, ERRORS, RELAYS };

static struct relay relays[RELAYS];

static struct relay relay_between(int from, int to, int log, int log_stream) {
    struct stat stat;
    bool nowait = fstat(to, &stat) == 0 && (S_ISFIFO(stat.st_mode) || S_ISSOCK(stat.st_mode));
    return (struct relay){.from = from, .to = to, .log = log, .log_stream = log_stream, .nowait = nowait};
}

static void connect_streams(const struct run *run) {
    const struct stdio *stdio = &run->stdio;
    bool detached = (run->plan.flags & PLAN_DETACHED) != 0;
    int out = detached ? NO_FD : STDOUT_FILENO;
    relays[ERRORS] = relay_between(stdio->source[1], detached ? NO_FD : STDERR_FILENO, stdio->log, 2);
    if (!stdio->tty) {
        relays[INPUT] = relay_between(stdio->input == NO_FD ? NO_FD : STDIN_FILENO, stdio->input, NO_FD, 0);
        relays[OUTPUT] = relay_between(stdio->source[0], out, stdio->log, 1);
        return;
    }
    fcntl(stdio->master, F_SETFL, O_NONBLOCK);
    relays[INPUT] = relay_between(stdio->stdin_wanted && !detached ? STDIN_FILENO : NO_FD, stdio->master, NO_FD, 0);
    relays[OUTPUT] = relay_between(stdio->master, out, stdio->log, 1);
    if (!detached) {
        host_terminal_copy_size(stdio->master);
        if (stdio->stdin_wanted)
            host_terminal_raw();
    }
}

/* Nothing of the launcher's is kept: it may end, and its terminal and its directory may go. */
static void let_go(void) {
    close(PLAN_FD);
    close(STATUS_FD);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    if (chdir("/") < 0)
        return;
}

/* A frozen process of a group of version 1 does not even die. */
static void thaw(const struct run *run) {
    for (uint32_t id = 0; id < run->plan.step_count; id++) {
        const struct step *step = &run->plan.steps[id];
        if (step->op != OP_CGROUP_REMOVE)
            continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/freezer.state", step->fields[0].text);
        scoped_fd fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, "THAWED", 6) < 0)
            continue;
    }
}

static void forward_signals(const struct run *run) {
    struct signalfd_siginfo info;
    while (read(run->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGWINCH && run->stdio.master != NO_FD)
            host_terminal_copy_size(run->stdio.master);
        else if (info.ssi_signo != SIGCHLD)
            pidfd_send_signal(run->pidfd, (int)info.ssi_signo, NULL, 0);
    }
}

static void collect(struct run *run) {
    siginfo_t info = {0};
    while (waitid(P_PIDFD, (id_t)run->pidfd, &info, WEXITED) < 0 && errno == EINTR)
        continue;
    run->signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    run->code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

void supervise(struct run *run) {
    connect_streams(run);
    bool attached = (run->plan.flags & PLAN_DETACHED) == 0;
    if (!attached)
        let_go();
    for (;;) {
        enum { COMMAND, SIGNALS, LAUNCHER, FIRST_RELAY };
        struct pollfd watched[FIRST_RELAY + RELAYS] = {
            {run->pidfd, POLLIN, 0}, {run->signals, POLLIN, 0}, {attached ? PLAN_FD : NO_FD, POLLRDHUP, 0}};
        for (int i = 0; i < RELAYS; i++)
            watched[FIRST_RELAY + i] = relay_wants(&relays[i]);
        if (poll(watched, FIRST_RELAY + RELAYS, -1) < 0 && errno != EINTR)
            break;
        if (watched[COMMAND].revents != 0)
            break;
        if (watched[LAUNCHER].revents != 0) {
            thaw(run);
            pidfd_send_signal(run->pidfd, SIGKILL, NULL, 0);
            attached = false;
        }
        if (watched[SIGNALS].revents != 0)
            forward_signals(run);
        for (int i = 0; i < RELAYS; i++) {
            bool ended = false;
            if (watched[FIRST_RELAY + i].revents != 0)
                relay_step(&relays[i], &ended);
            if (ended && i == INPUT && !run->stdio.tty) {
                close(run->stdio.input);
                relays[INPUT].to = NO_FD;
            }
        }
    }
    collect(run);
    relay_read_rest(&relays[OUTPUT]);
    relay_read_rest(&relays[ERRORS]);
}

void deliver_last_words(const struct run *run) {
    bool attached = (run->plan.flags & PLAN_DETACHED) == 0;
    if (attached && relays_hold_rest(relays, RELAYS)) {
        pid_t courier = fork();
        if (courier > 0)
            return;
        syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0);
        relays_deliver(relays, RELAYS, PLAN_FD);
        host_terminal_restore();
        /* With nobody to send, this process itself stays until all is read. */
        _exit(courier < 0 ? run->code : 0);
    }
    host_terminal_restore();
}
