#include "log.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int null_stream(void) {
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* `*ours` does not block; the command's end is an ordinary pipe. */
static int make_pipe(int *command, int *ours, bool we_read) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    *ours = ends[we_read ? 0 : 1];
    *command = ends[we_read ? 1 : 0];
    return fcntl(*ours, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int set_null(int *stream) {
    *stream = null_stream();
    return *stream < 0 ? *stream : 0;
}

/* A command does not expect EAGAIN; the launcher's runtime sets this on streams that it has looked at. */
static int inherit(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : 0;
}

static int set_input(struct stdio *stdio, bool detached) {
    if (stdio->tty || detached || !stdio->stdin_wanted)
        return set_null(&stdio->child[0]);
    return isatty(STDIN_FILENO) ? make_pipe(&stdio->child[0], &stdio->input, false) : inherit(STDIN_FILENO);
}

/* The terminal of the host is not handed out: who holds it can type on it. */
static int set_output(struct stdio *stdio, int fd, bool detached) {
    if (stdio->tty || (detached && stdio->log == NO_FD))
        return set_null(&stdio->child[fd]);
    if (stdio->log != NO_FD || isatty(fd))
        return make_pipe(&stdio->child[fd], &stdio->source[fd - 1], true);
    return inherit(fd);
}

int op_stdio(struct run *run, const struct step *step) {
    struct stdio *stdio = &run->stdio;
    bool detached = (run->plan.flags & PLAN_DETACHED) != 0;
    stdio->tty = step->fields[0].number != 0;
    stdio->stdin_wanted = step->fields[1].number != 0;
    if (step->fields[2].number > 0) {
        int log = log_open(step->fields[2].text);
        if (log < 0)
            return log;
        stdio->log = log;
    }
    int err = set_input(stdio, detached);
    for (int fd = STDOUT_FILENO; err == 0 && fd <= STDERR_FILENO; fd++)
        err = set_output(stdio, fd, detached);
    return err;
}
