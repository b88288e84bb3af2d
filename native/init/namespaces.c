#include "../src/cleanup.h"
#include "control.h"
#include "ops.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int op_open_process(struct run *run, const struct step *step) {
    pid_t pid = (pid_t)step->fields[1].number;
    int fd = pidfd_open(pid, 0);
    if (fd < 0)
        return -errno;
    set_slot(run, step, 0, fd);
    /* The number may have been used again since it was written down; from here on the descriptor pins the process. */
    uint64_t ticks;
    int err = proc_start_ticks(run, pid, &ticks);
    if (err < 0)
        return err;
    if (ticks != step->fields[2].number) {
        tell(run, "process %d is another one now", pid);
        return -ESRCH;
    }
    return 0;
}

int op_open_directory(struct run *run, const struct step *step) {
    int fd = open(step->fields[1].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    set_slot(run, step, 0, fd);
    return 0;
}

int op_enter(struct run *run, const struct step *step) {
    int flags = (int)step->fields[1].number;
    if (setns(slot_of(run, step, 0), flags) < 0)
        return -errno;
    if (run->in_child && (flags & CLONE_NEWNS) != 0)
        run->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return 0;
}

int op_unshare(struct run *run, const struct step *step) {
    (void)run;
    return unshare((int)step->fields[0].number) < 0 ? -errno : 0;
}

static int write_maps(const struct run *run, pid_t pid, const char *uid_map, const char *gid_map, bool setgroups) {
    int err = setgroups ? 0 : proc_write(run, pid, "setgroups", "deny");
    if (err == 0)
        err = proc_write(run, pid, "uid_map", uid_map);
    return err < 0 ? err : proc_write(run, pid, "gid_map", gid_map);
}

int op_id_maps(struct run *run, const struct step *step) {
    const struct field *fields = step->fields;
    return write_maps(run, run->child, fields[0].text, fields[1].text, fields[2].number != 0);
}

/* A user namespace lives as long as its descriptor: the process that made it need not stay. */
int op_map_holder(struct run *run, const struct step *step) {
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0)
        return -errno;
    scoped_fd ours = ready[0];
    pid_t holder = fork();
    if (holder < 0) {
        close(ready[1]);
        return -errno;
    }
    if (holder == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* A helper that died before the line above reads no more. */
        close(ready[0]);
        char failed = unshare(CLONE_NEWUSER) < 0 ? (char)errno : 0;
        if (write(ready[1], &failed, 1) == 1)
            pause();
        _exit(0);
    }
    close(ready[1]);
    char failed = EIO;
    int err = read(ours, &failed, 1) == 1 && failed == 0 ? 0 : -failed;
    if (err == 0)
        err = write_maps(run, holder, step->fields[1].text, step->fields[2].text, true);
    if (err == 0) {
        char path[64];
        snprintf(path, sizeof path, "%d/ns/user", holder);
        int fd = openat(run->host_proc, path, O_RDONLY | O_CLOEXEC);
        err = fd < 0 ? -errno : 0;
        if (fd >= 0)
            set_slot(run, step, 0, fd);
    }
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    return err;
}

int op_oom_score_adj(struct run *run, const struct step *step) {
    return proc_write(run, run->child, "oom_score_adj", step->fields[0].text);
}

int op_become_root(struct run *run, const struct step *step) {
    (void)step;
    /* Where the maps deny it there are no groups to leave. */
    if (setgroups(0, NULL) < 0 && errno != EPERM)
        return -errno;
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        return -errno;
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        return -errno;
    /* The change of ids has disarmed it. */
    return lifeline_arm(run);
}

int op_session(struct run *run, const struct step *step) {
    (void)run;
    (void)step;
    return setsid() < 0 ? -errno : 0;
}

int op_loopback(struct run *run, const struct step *step) {
    (void)run;
    (void)step;
    scoped_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int op_hostname(struct run *run, const struct step *step) {
    (void)run;
    return sethostname(step->fields[0].text, step->fields[0].number) < 0 ? -errno : 0;
}

int op_domainname(struct run *run, const struct step *step) {
    (void)run;
    return setdomainname(step->fields[0].text, step->fields[0].number) < 0 ? -errno : 0;
}
