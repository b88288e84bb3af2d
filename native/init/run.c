#include "run.h"
#include "clock.h"
#include "control.h"
#include "ops.h"
#include "status.h"
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

void tell(struct run *run, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->detail, sizeof run->detail, format, arguments);
    va_end(arguments);
}

int slot_of(const struct run *run, const struct step *step, int index) {
    uint64_t slot = step->fields[index].number;
    return slot == UINT64_MAX ? NO_FD : run->slots[slot];
}

void set_slot(struct run *run, const struct step *step, int index, int fd) {
    int *slot = &run->slots[step->fields[index].number];
    if (*slot != NO_FD)
        close(*slot);
    *slot = fd;
}

/* One byte of the launcher's. -ECONNRESET: it is gone. */
static int await_launcher(uint32_t id) {
    char byte;
    ssize_t got;
    status_pause(id);
    do
        got = read(PLAN_FD, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? 0 : -ECONNRESET;
}

static int pause_before(struct run *run, uint32_t id) {
    if (!run->in_child)
        return await_launcher(id);
    int err = control_send(run->control, PACKET_PAUSE, id, 0, "", NO_FD);
    return err < 0 ? err : control_expect(run, PACKET_PAUSE);
}

static void report(const struct run *run, uint32_t id, int err) {
    if (run->in_child)
        control_send(run->control, PACKET_STEP, id, -err, run->detail, NO_FD);
    else
        status_step(id, -err, run->detail);
}

static bool optional(const struct step *step) {
    int field = op_kinds[step->op].optional_field;
    return field == ALWAYS_OPTIONAL || (field >= 0 && step->fields[field].number != 0);
}

/* 0: done, or refused where the plan allows it. -errno, with run->detail. */
static int do_step(struct run *run, const struct step *step) {
    int err = (run->plan.flags & PLAN_PAUSE) != 0 ? pause_before(run, step->id) : 0;
    /* What was made is taken away also when nobody is left to wait for. */
    if (err < 0 && step->phase != PHASE_MONITOR)
        return err;
    run->detail[0] = '\0';
    err = op_kinds[step->op].run(run, step);
    if (err < 0 && !optional(step))
        return err;
    /* The clone returns twice, and is told of once. */
    if (reporting(run) && run->in_child == (step->phase == PHASE_CHILD))
        report(run, step->id, err);
    return 0;
}

static _Noreturn void run_child(struct run *run, uint32_t from) {
    for (uint32_t id = from; id < run->plan.step_count; id++) {
        const struct step *step = &run->plan.steps[id];
        if (step->phase != PHASE_CHILD)
            continue;
        int err = do_step(run, step);
        if (err < 0) {
            control_send(run->control, PACKET_FAILED, id, -err, run->detail, NO_FD);
            break;
        }
    }
    _exit(EXIT_OURS);
}

static int exit_code_of(const struct run *run, const struct packet *failed) {
    if (failed->id >= run->plan.step_count || run->plan.steps[failed->id].op != OP_EXEC)
        return EXIT_OURS;
    return failed->err == ENOENT || failed->err == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

static int answer(struct run *run, const struct packet *packet, int fd) {
    switch (packet->kind) {
    case PACKET_STEP:
        status_step(packet->id, packet->err, packet->text);
        return 0;
    case PACKET_PAUSE: {
        int err = await_launcher(packet->id);
        return err < 0 ? err : control_send(run->control, PACKET_PAUSE, packet->id, 0, "", NO_FD);
    }
    case PACKET_TERMINAL:
        run->stdio.master = fd;
        return 0;
    case PACKET_FAILED:
        status_failed(packet->id, packet->err, packet->text);
        run->code = exit_code_of(run, packet);
        return -ECANCELED;
    default:
        return -EPROTO;
    }
}

/* Until the command is executed: 0, or -errno when it never will be. */
static int follow_child(struct run *run) {
    for (;;) {
        struct pollfd watched[] = {{run->control, POLLIN, 0}, {PLAN_FD, POLLRDHUP, 0}};
        if (poll(watched, 2, -1) < 0 && errno != EINTR)
            return -errno;
        if (watched[1].revents != 0)
            return -ECONNRESET;
        if (watched[0].revents == 0)
            continue;
        struct packet packet;
        int fd;
        int got = control_receive(run->control, &packet, &fd);
        if (got <= 0)
            return got;
        int err = answer(run, &packet, fd);
        if (err < 0)
            return err;
    }
}

/* Up to the command's execution. In the child it does not return. */
static int start(struct run *run) {
    for (uint32_t id = 0; id < run->plan.step_count; id++) {
        const struct step *step = &run->plan.steps[id];
        if (step->phase != PHASE_HOST)
            continue;
        int err = do_step(run, step);
        if (run->in_child)
            run_child(run, id + 1);
        if (err < 0) {
            status_failed(id, -err, run->detail);
            return err;
        }
    }
    int err = follow_child(run);
    if (err < 0 && err != -ECANCELED)
        status_failed(-1, -err, "the start was broken off");
    return err;
}

/* The child cannot tell of this one: it is no longer ours. */
static void report_exec(const struct run *run) {
    for (uint32_t id = 0; id < run->plan.step_count && reporting(run); id++) {
        if (run->plan.steps[id].op == OP_EXEC)
            status_step(id, 0, "");
    }
}

static void kill_child(const struct run *run) {
    if (run->pidfd == NO_FD)
        return;
    siginfo_t info;
    pidfd_send_signal(run->pidfd, SIGKILL, NULL, 0);
    waitid(P_PIDFD, (id_t)run->pidfd, &info, WEXITED);
}

static void finish(struct run *run) {
    for (uint32_t id = 0; id < run->plan.step_count; id++) {
        const struct step *step = &run->plan.steps[id];
        if (step->phase != PHASE_MONITOR)
            continue;
        int err = do_step(run, step);
        if (err < 0 && reporting(run))
            status_step(id, -err, run->detail);
    }
}

/* All that is forwarded, so that nothing ends the helper before it has cleaned up; the child unblocks them. */
static int catch_signals(void) {
    static const int kept[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPIPE};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        sigdelset(&set, kept[i]);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int prepare(struct run *run) {
    int err = plan_read(PLAN_FD, &run->plan);
    if (err < 0)
        return err;
    run->slots = malloc((run->plan.slot_count + 1) * sizeof *run->slots);
    if (run->slots == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < run->plan.slot_count; i++)
        run->slots[i] = NO_FD;
    run->host_proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    run->signals = catch_signals();
    return run->host_proc < 0 || run->signals < 0 ? -errno : 0;
}

int run_plan(void) {
    static struct run run = {
        .host_proc = NO_FD,
        .lock = NO_FD,
        .exit_record = NO_FD,
        .control = NO_FD,
        .pidfd = NO_FD,
        .signals = NO_FD,
        .root = NO_FD,
        .dev = NO_FD,
        .proc = NO_FD,
        .empty = NO_FD,
        .code = EXIT_OURS,
        .stdio =
            {.log = NO_FD, .child = {NO_FD, NO_FD, NO_FD}, .source = {NO_FD, NO_FD}, .input = NO_FD, .master = NO_FD},
    };
    int err = prepare(&run);
    if (err < 0) {
        status_failed(-1, -err, "the plan cannot be read");
        return EXIT_OURS;
    }
    if (start(&run) < 0) {
        kill_child(&run);
        finish(&run);
        return run.code;
    }
    report_exec(&run);
    status_running();
    run.started_ns = clock_now_ns();
    supervise(&run);
    finish(&run);
    status_exit(run.code, run.signal);
    deliver_last_words(&run);
    return run.code;
}
