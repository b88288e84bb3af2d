/* Who the command is and what it may do. */
#include "../src/cleanup.h"
#include "control.h"
#include "inside.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_GROUPS = 1024, LAST_CAPABILITY = 63 };

/* Through the proc that we mounted: one that the image brings could send the write anywhere. */
int op_sysctl(struct run *run, const struct step *step) {
    struct open_how how = {
        .flags = O_WRONLY | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    if (run->proc == NO_FD)
        return -ENODEV;
    scoped_fd sys = openat(run->proc, "sys", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (sys < 0)
        return -errno;
    const struct field *value = &step->fields[1];
    scoped_fd fd = (int)syscall(SYS_openat2, sys, step->fields[0].text, &how, sizeof how);
    int err = fd < 0 || write(fd, value->text, value->number) < 0 ? -errno : 0;
    tell(run, "%.120s", step->fields[0].text);
    return err;
}

int op_rlimit(struct run *run, const struct step *step) {
    const struct field *fields = step->fields;
    struct rlimit limit = {fields[1].number, fields[2].number};
    (void)run;
    return setrlimit((__rlimit_resource_t)fields[0].number, &limit) < 0 ? -errno : 0;
}

/* A directory that no path leads to would be the host's (CVE-2024-21626): getcwd(2) then says `(unreachable)`. */
int op_cwd(struct run *run, const struct step *step) {
    char path[PATH_MAX];
    /* An exec that enters no mount namespace keeps the launcher's root. */
    if (run->root == NO_FD)
        run->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    scoped_fd directory = make_inside(run->root, step->fields[0].text, LINKS_FOLLOWED, true);
    if (directory < 0)
        return directory;
    if (fchdir(directory) < 0)
        return -errno;
    if (syscall(SYS_getcwd, path, sizeof path) < 0)
        return -errno;
    return path[0] == '/' ? 0 : -EXDEV;
}

int op_bounding(struct run *run, const struct step *step) {
    (void)run;
    for (int capability = 0; capability <= LAST_CAPABILITY; capability++) {
        bool kept = (step->fields[0].number >> capability & 1) != 0;
        if (kept || prctl(PR_CAPBSET_DROP, capability) == 0)
            continue;
        /* EINVAL: the kernel knows no more. */
        return errno == EINVAL ? 0 : -errno;
    }
    return 0;
}

/* uid, gid, groups as u32 each, setgroups, umask. The permitted capabilities survive until op_capabilities. */
int op_identity(struct run *run, const struct step *step) {
    const struct field *fields = step->fields;
    gid_t groups[MOST_GROUPS];
    size_t count = fields[2].number / sizeof *groups;
    if (count > MOST_GROUPS || fields[2].number % sizeof *groups != 0)
        return -EINVAL;
    memcpy(groups, fields[2].text, count * sizeof *groups);
    if (prctl(PR_SET_KEEPCAPS, 1) < 0)
        return -errno;
    if (fields[3].number != 0 && setgroups(count, groups) < 0)
        return -errno;
    gid_t gid = (gid_t)fields[1].number;
    uid_t uid = (uid_t)fields[0].number;
    if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
        return -errno;
    umask((mode_t)fields[4].number);
    /* The change of ids has disarmed it. */
    return lifeline_arm(run);
}

int op_capabilities(struct run *run, const struct step *step) {
    uint64_t effective = step->fields[0].number;
    uint64_t permitted = step->fields[1].number;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)effective, .permitted = (uint32_t)permitted},
        {.effective = (uint32_t)(effective >> 32), .permitted = (uint32_t)(permitted >> 32)},
    };
    if (syscall(SYS_capset, &header, data) < 0)
        return -errno;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
        return -errno;
    if (prctl(PR_SET_KEEPCAPS, 0) < 0)
        return -errno;
    return lifeline_arm(run);
}

/* Only the socket to the helper stays, which closes when the command is executed. */
int op_close_descriptors(struct run *run, const struct step *step) {
    enum { CONTROL = 3 };
    (void)step;
    if (run->control != CONTROL) {
        if (dup3(run->control, CONTROL, O_CLOEXEC) < 0)
            return -errno;
        run->control = CONTROL;
    }
    if (syscall(SYS_close_range, CONTROL + 1, ~0U, 0) < 0)
        return -errno;
    signal(SIGTTOU, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

int op_no_new_privileges(struct run *run, const struct step *step) {
    (void)run;
    (void)step;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

int op_seccomp(struct run *run, const struct step *step) {
    static struct sock_filter filter[BPF_MAXINSNS];
    const struct field *bytes = &step->fields[0];
    if (bytes->number == 0 || bytes->number > sizeof filter || bytes->number % sizeof *filter != 0)
        return -EINVAL;
    memcpy(filter, bytes->text, bytes->number);
    struct sock_fprog program = {(unsigned short)(bytes->number / sizeof *filter), filter};
    if (fcntl(run->control, F_SETFL, O_NONBLOCK) < 0)
        return -errno;
    run->filtered = true;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0 ? -errno : 0;
}
