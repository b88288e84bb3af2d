/* Every step that a plan can hold. */
#pragma once

#include "init.h"

struct op_kind {
    const char *signature; /* plan.h */
    op_function *run;
    /* A refusal is reported and the start goes on: the index of the flag's field, or one of these. */
    int optional_field;
};

enum { NEVER_OPTIONAL = -1, ALWAYS_OPTIONAL = -2 };

extern const struct op_kind op_kinds[OP_COUNT];

op_function op_sealed, op_lock, op_stdio, op_cgroup_make, op_cgroup_write, op_init_layer, op_map_holder, op_overlay,
    op_open_tree, op_open_process, op_open_directory, op_enter, op_clone, op_id_maps, op_oom_score_adj, op_go,
    op_lifeline, op_cgroup_join, op_unshare, op_await, op_become_root, op_session, op_slave_mounts, op_loopback,
    op_hostname, op_domainname, op_attach_root, op_mount, op_mount_dev, op_device, op_attach_dev, op_bind, op_pivot,
    op_terminal, op_std_null, op_sysctl, op_read_only, op_mask, op_read_only_root, op_rlimit, op_cwd, op_bounding,
    op_identity, op_capabilities, op_close_descriptors, op_no_new_privileges, op_seccomp, op_exec, op_exit_record,
    op_cgroup_remove, op_publish, op_bridge, op_proxy, op_interface, op_proxy_end, op_bridge_end, op_cgroup_devices,
    op_open_other_tree, op_cover, op_exit_reserve, op_cgroup_remove_empty, op_discard, op_host_root, op_make_directory,
    op_hold, op_unmount;
