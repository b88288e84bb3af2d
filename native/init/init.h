/* What the parts of nsview-init share: one start, from its plan to its end. */
#pragma once

#include "plan.h"

#include <sys/types.h>

enum { NO_FD = -1, DETAIL_BYTES = 256 };

/* The command's standard streams, and where its output goes. */
struct stdio {
    bool tty;
    bool stdin_wanted;
    int log;
    int child[3];  /* what the command gets as 0, 1, 2; NO_FD: the helper's own */
    int source[2]; /* the helper's ends of its output: stdout, stderr */
    int input;     /* the helper's end of its input */
    int master;    /* of the pseudo-terminal */
};

struct run {
    struct plan plan;
    int *slots;
    int host_proc; /* /proc of the host: reopening a checked descriptor works also where the container has no /proc */
    int lock;
    int exit_record; /* reserved at the start */
    /* Packets between the helper and the container's first process; see control.h. */
    int control;
    bool in_child;
    bool filtered; /* system calls may be refused from here on */
    bool may_go;   /* in the child: the helper has done its part */
    pid_t child;
    uint64_t child_start; /* ticks, field 22 of /proc/PID/stat */
    int pidfd;
    int signals; /* a signalfd of all that is forwarded */
    struct stdio stdio;
    int *listeners; /* of the published ports, in the plan's order, until the proxy has them */
    int listener_count;
    pid_t proxy; /* 0: none */
    /* What the container's first process holds. */
    int root;  /* its root file system */
    int dev;   /* its /dev */
    int proc;  /* its /proc, as it was mounted */
    int empty; /* the tmpfs that covers masked directories */
    int code;  /* how the command ended */
    int signal;
    int64_t started_ns; /* of CLOCK_REALTIME */
    /* What a step tells besides its errno. */
    char detail[DETAIL_BYTES];
};

/* Does one step. 0 or -errno. */
typedef int op_function(struct run *run, const struct step *step);

/* For `run->detail`. */
__attribute__((format(printf, 2, 3))) void tell(struct run *run, const char *format, ...);

/* The descriptor in the slot that field `index` names; NO_FD where it names none or nothing was opened. */
int slot_of(const struct run *run, const struct step *step, int index);
/* Takes `fd`. */
void set_slot(struct run *run, const struct step *step, int index, int fd);

static inline bool reporting(const struct run *run) {
    return (run->plan.flags & PLAN_REPORT) != 0;
}
