#include "../src/cleanup.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { INSTRUCTION_BYTES = 8 };

static int bpf(enum bpf_cmd command, union bpf_attr *attr) {
    long result = syscall(SYS_bpf, command, attr, sizeof *attr);
    return result < 0 ? -errno : (int)result;
}

/*
 * The program lives as long as the group. Groups above may have their own, and a program may be added below: an access
 * happens only if all of them let it.
 */
int op_cgroup_devices(struct run *run, const struct step *step) {
    const struct field *program = &step->fields[1];
    scoped_fd group = open(step->fields[0].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (group < 0)
        return -errno;
    scoped_fd loaded =
        bpf(BPF_PROG_LOAD, &(union bpf_attr){
                               .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                               .insns = (uintptr_t)program->text,
                               .insn_cnt = (uint32_t)(program->number / INSTRUCTION_BYTES),
                               .license = (uintptr_t) "",
                           });
    if (loaded < 0)
        return loaded;
    tell(run, "%u instructions", (unsigned)(program->number / INSTRUCTION_BYTES));
    return bpf(
        BPF_PROG_ATTACH,
        &(union bpf_attr){
            .target_fd = (uint32_t)group,
            .attach_bpf_fd = (uint32_t)loaded,
            .attach_type = BPF_CGROUP_DEVICE,
            .attach_flags = BPF_F_ALLOW_MULTI,
        }
    );
}
