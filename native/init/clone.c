#include "../src/cleanup.h"
#include "control.h"
#include "ops.h"
#include "proc.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static pid_t clone3(uint64_t flags, int *pidfd, int cgroup) {
    struct clone_args arguments = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = SIGCHLD};
    if (cgroup != NO_FD) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

static void become_child(struct run *run, int control) {
    run->in_child = true;
    close(run->control);
    run->control = control;
    close(PLAN_FD);
    close(STATUS_FD);
    /* A lock belongs to the open file, which we share: only the helper may hold it. */
    if (run->lock != NO_FD)
        close(run->lock);
    close(run->signals);
    for (int fd = 0; fd <= 2; fd++) {
        if (run->stdio.child[fd] != NO_FD)
            dup2(run->stdio.child[fd], fd);
    }
}

/* The helper's copies of the command's ends would keep it from noticing that the command has closed them. */
static void hand_over_streams(struct stdio *stdio) {
    for (int fd = 0; fd <= 2; fd++) {
        if (stdio->child[fd] != NO_FD)
            close(stdio->child[fd]);
    }
}

/* The namespaces of the new process, as links in /proc show them. */
static void tell_namespaces(struct run *run, uint64_t flags) {
    static const struct {
        uint64_t flag;
        const char *name;
    } types[] = {
        {CLONE_NEWUSER, "user"}, {CLONE_NEWNS, "mnt"},  {CLONE_NEWPID, "pid"},       {CLONE_NEWNET, "net"},
        {CLONE_NEWUTS, "uts"},   {CLONE_NEWIPC, "ipc"}, {CLONE_NEWCGROUP, "cgroup"},
    };
    size_t length = strlen(run->detail);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char path[64];
        char link[64];
        if ((flags & types[i].flag) == 0)
            continue;
        snprintf(path, sizeof path, "%d/ns/%s", run->child, types[i].name);
        ssize_t got = readlinkat(run->host_proc, path, link, sizeof link);
        if (got > 0 && length < sizeof run->detail)
            length += (size_t)snprintf(run->detail + length, sizeof run->detail - length, " %.*s", (int)got, link);
    }
}

int op_clone(struct run *run, const struct step *step) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    run->control = ends[0];
    uint64_t flags = step->fields[0].number;
    run->child = clone3(flags, &run->pidfd, slot_of(run, step, 1));
    if (run->child < 0) {
        int err = -errno;
        close(ends[1]);
        return err;
    }
    if (run->child == 0) {
        become_child(run, ends[1]);
        return 0;
    }
    close(ends[1]);
    hand_over_streams(&run->stdio);
    int err = proc_start_ticks(run, run->child, &run->child_start);
    if (err < 0)
        return err;
    status_pid(run->child, run->child_start);
    if (reporting(run)) {
        tell(run, "pid %d", run->child);
        tell_namespaces(run, flags);
    }
    return 0;
}

int op_lifeline(struct run *run, const struct step *step) {
    (void)step;
    return lifeline_arm(run);
}

int op_go(struct run *run, const struct step *step) {
    return control_send(run->control, PACKET_GO, step->id, 0, "", NO_FD);
}

int op_await(struct run *run, const struct step *step) {
    (void)step;
    return control_expect(run, PACKET_GO);
}
