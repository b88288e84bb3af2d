#include "ops.h"
#include "pid-one.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *path_of(const char *const *env) {
    for (; *env != NULL; env++) {
        if (strncmp(*env, "PATH=", 5) == 0)
            return *env + 5;
    }
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* Why not, in words. False: there is no such file. */
static bool tell_why(struct run *run, const char *path, int err) {
    struct stat stat;
    bool there = lstat(path, &stat) == 0;
    if (err == -ENOENT && there)
        /* The kernel means what the file names in its first line, or its loader. */
        tell(run, "%.180s: the interpreter of its #! line, or its ELF loader, is missing", path);
    else if (err == -EACCES && there && S_ISDIR(stat.st_mode))
        tell(run, "%.200s is a directory", path);
    else
        tell(run, "%.200s", path);
    return there;
}

static int execute(struct run *run, const char *path, const struct step *step, bool *there) {
    execve(path, (char *const *)step->fields[0].list, (char *const *)step->fields[1].list);
    int err = -errno;
    *there = tell_why(run, path, err);
    return err;
}

/*
 * As execvp(3), with the PATH that the command will have. Where one was found that may not be executed, another is
 * looked for, and the first is told of if there is none; any other refusal of one that is there ends the search.
 */
static int search(struct run *run, const char *name, const struct step *step) {
    int found = -ENOENT;
    bool seen = false;
    char found_detail[DETAIL_BYTES];
    snprintf(found_detail, sizeof found_detail, "%.200s", name);
    for (const char *at = path_of((const char *const *)step->fields[1].list);;) {
        char path[PATH_MAX];
        size_t length = strcspn(at, ":");
        int size = snprintf(path, sizeof path, "%.*s%s%s", (int)length, at, length > 0 ? "/" : "", name);
        bool there = false;
        int err = size < 0 || (size_t)size >= sizeof path ? -ENAMETOOLONG : execute(run, path, step, &there);
        if (there && err != -EACCES && err != -ENOENT)
            return err;
        if (there && !seen) {
            seen = true;
            found = err;
            memcpy(found_detail, run->detail, sizeof found_detail);
        }
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    memcpy(run->detail, found_detail, sizeof found_detail);
    return found;
}

static int execute_command(struct run *run, const struct step *step) {
    const char *name = step->fields[0].list[0];
    if (name[0] == '\0')
        return -ENOENT;
    bool there;
    return strchr(name, '/') != NULL ? execute(run, name, step, &there) : search(run, name, step);
}

/* The command gets a process group of its own, and the terminal with it. */
static int execute_below(struct run *run, const struct step *step) {
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    signal(SIGTTOU, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    return execute_command(run, step);
}

int op_exec(struct run *run, const struct step *step) {
    if (step->fields[2].number == 0)
        return execute_command(run, step);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    pid_t command = fork();
    if (command < 0)
        return -errno;
    if (command == 0)
        return execute_below(run, step);
    syscall(SYS_close_range, 0, ~0U, 0);
    _exit(be_pid_one(command));
}
