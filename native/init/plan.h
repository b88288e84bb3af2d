/*
 * The plan: what nsview-init is told to do, on descriptor 3. Numbers are little-endian.
 *
 *   header   "NSVPLAN1", u32 bytes of the whole plan, u32 flags (PLAN_*), u32 steps, u32 slots
 *   step     u16 op (enum op), u16 phase (enum phase), u32 bytes of the fields, then the fields, as the op's signature
 *            in ops.c has them:
 *              u  u64
 *              d  slot: u64 below the header's count
 *              D  slot, or UINT64_MAX for none
 *              s  u32 length, the bytes, NUL; no NUL among the bytes
 *              b  u32 length, the bytes, NUL
 *              l  u32 count, then that many s
 *            A step's id is its position, from 0.
 *
 * After the plan, descriptor 3 carries one byte for each pause (PLAN_PAUSE: before each step). Its end means that the
 * launcher is gone: without PLAN_DETACHED the container is killed.
 *
 * Lines on descriptor 4, each written whole:
 *
 *   pause ID              waits for a byte (PLAN_PAUSE)
 *   step ID ERRNO DETAIL  done (ERRNO 0), or refused where the plan allows it (PLAN_REPORT)
 *   pid N STARTTICKS      the container's first process, by the host's number
 *   running               the command was executed
 *   failed ID ERRNO TEXT  nothing runs; the helper exits 125, 126 or 127. ID -1: before the first step
 *   exit CODE SIGNAL      how the command ended (SIGNAL 0: by itself)
 *
 * The helper exits with CODE. Text is printable: other bytes are written \xHH.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLAN_FD = 3, STATUS_FD = 4 };

enum plan_flag { PLAN_REPORT = 1, PLAN_PAUSE = 2, PLAN_DETACHED = 4 };

/* PHASE_CHILD: in the process that OP_CLONE makes. PHASE_MONITOR: once the command has ended, or never began. */
enum phase { PHASE_HOST, PHASE_CHILD, PHASE_MONITOR };

enum { PLAN_MAX_BYTES = 8 << 20, PLAN_MAX_STEPS = 4096, PLAN_MAX_SLOTS = 1024, STEP_MAX_FIELDS = 8 };

/* The order is the wire's: new ones at the end. src/runtime/plan/encode.ts has the same. */
enum op {
    OP_SEALED,
    OP_LOCK,
    OP_STDIO,
    OP_CGROUP_MAKE,
    OP_CGROUP_WRITE,
    OP_INIT_LAYER,
    OP_MAP_HOLDER,
    OP_OVERLAY,
    OP_OPEN_TREE,
    OP_OPEN_PROCESS,
    OP_OPEN_DIRECTORY,
    OP_ENTER,
    OP_CLONE,
    OP_ID_MAPS,
    OP_OOM_SCORE_ADJ,
    OP_GO,
    OP_LIFELINE,
    OP_CGROUP_JOIN,
    OP_UNSHARE,
    OP_AWAIT,
    OP_BECOME_ROOT,
    OP_SESSION,
    OP_SLAVE_MOUNTS,
    OP_LOOPBACK,
    OP_HOSTNAME,
    OP_DOMAINNAME,
    OP_ATTACH_ROOT,
    OP_MOUNT,
    OP_MOUNT_DEV,
    OP_DEVICE,
    OP_ATTACH_DEV,
    OP_BIND,
    OP_PIVOT,
    OP_TERMINAL,
    OP_STD_NULL,
    OP_SYSCTL,
    OP_READ_ONLY,
    OP_MASK,
    OP_READ_ONLY_ROOT,
    OP_RLIMIT,
    OP_CWD,
    OP_BOUNDING,
    OP_IDENTITY,
    OP_CAPABILITIES,
    OP_CLOSE_DESCRIPTORS,
    OP_NO_NEW_PRIVILEGES,
    OP_SECCOMP,
    OP_EXEC,
    OP_EXIT_RECORD,
    OP_CGROUP_REMOVE,
    OP_PUBLISH,
    OP_BRIDGE,
    OP_PROXY,
    OP_INTERFACE,
    OP_PROXY_END,
    OP_BRIDGE_END,
    OP_CGROUP_DEVICES,
    OP_OPEN_OTHER_TREE,
    OP_COVER,
    OP_EXIT_RESERVE,
    OP_CGROUP_REMOVE_EMPTY,
    OP_DISCARD,
    OP_HOST_ROOT,
    OP_MAKE_DIRECTORY,
    OP_HOLD,
    OP_UNMOUNT,
    OP_COUNT,
};

struct field {
    uint64_t number;   /* u, d, D; the length of s and b; the count of l */
    const char *text;  /* s, b */
    const char **list; /* l; ends with NULL */
};

struct step {
    uint32_t id;
    enum op op;
    enum phase phase;
    struct field fields[STEP_MAX_FIELDS];
};

struct plan {
    uint32_t flags;
    uint32_t step_count;
    uint32_t slot_count;
    struct step *steps;
    char *bytes; /* what the fields point into */
};

/* Reads a plan and checks all of it, so that what runs it need check nothing of its form. 0 or -errno. */
int plan_read(int fd, struct plan *plan);

/* The same from memory, which the plan then refers to. -EPROTO: not a plan. */
int plan_decode(char *bytes, size_t length, struct plan *plan);

void plan_free(struct plan *plan);
