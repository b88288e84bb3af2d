#include "ops.h"

#define DOES(name, function, signature) [OP_##name] = {signature, function, NEVER_OPTIONAL}
#define MAY(name, function, signature, optional) [OP_##name] = {signature, function, optional}

/* The fields in the order of src/runtime/plan/encode.ts. */
const struct op_kind op_kinds[OP_COUNT] = {
    DOES(SEALED, op_sealed, ""),
    DOES(LOCK, op_lock, "s"),
    DOES(STDIO, op_stdio, "uus"),                 /* tty, stdin, log or "" */
    DOES(CGROUP_MAKE, op_cgroup_make, "s"),       /* path */
    MAY(CGROUP_WRITE, op_cgroup_write, "ssu", 2), /* file, value, optional */
    DOES(INIT_LAYER, op_init_layer, "ssss"),      /* directory, hostname, hosts, resolv.conf */
    DOES(MAP_HOLDER, op_map_holder, "dss"),       /* slot, uid map, gid map */
    DOES(
        OVERLAY, op_overlay, "dlsslDuu"
    ), /* slot, lowers, upper, work, options, map slot, owner of the root: uid, gid */
    DOES(OPEN_TREE, op_open_tree, "dsu"),          /* slot, path, recursive */
    DOES(OPEN_PROCESS, op_open_process, "duu"),    /* slot, pid, start ticks */
    DOES(OPEN_DIRECTORY, op_open_directory, "ds"), /* slot, path */
    DOES(ENTER, op_enter, "du"),                   /* slot of a pidfd, CLONE_* */
    DOES(CLONE, op_clone, "uD"),                   /* CLONE_*, slot of a cgroup */
    DOES(ID_MAPS, op_id_maps, "ssu"),              /* uid map, gid map, setgroups */
    MAY(OOM_SCORE_ADJ, op_oom_score_adj, "s", ALWAYS_OPTIONAL),
    DOES(GO, op_go, ""),
    DOES(LIFELINE, op_lifeline, ""),
    DOES(CGROUP_JOIN, op_cgroup_join, "s"), /* directory */
    DOES(UNSHARE, op_unshare, "u"),         /* CLONE_* */
    DOES(AWAIT, op_await, ""),
    DOES(BECOME_ROOT, op_become_root, ""),
    DOES(SESSION, op_session, ""),
    DOES(SLAVE_MOUNTS, op_slave_mounts, ""),
    DOES(LOOPBACK, op_loopback, ""),
    DOES(HOSTNAME, op_hostname, "s"),
    DOES(DOMAINNAME, op_domainname, "s"),
    DOES(ATTACH_ROOT, op_attach_root, "d"),
    MAY(MOUNT, op_mount, "sssulu", 5),    /* type, source, target, MOUNT_ATTR_*, options, optional */
    DOES(MOUNT_DEV, op_mount_dev, "lll"), /* options, directories, links: name, target, … */
    DOES(DEVICE, op_device, "suuuuuD"),   /* path, mode with type, major, minor, uid, gid, slot to bind */
    DOES(ATTACH_DEV, op_attach_dev, ""),
    DOES(BIND, op_bind, "dsuuu"), /* slot, target, recursive, MOUNT_ATTR_*, MS_PRIVATE … */
    DOES(COVER, op_cover, "ds"),  /* slot, path */
    DOES(PIVOT, op_pivot, ""),
    DOES(TERMINAL, op_terminal, "uu"), /* uid, console */
    DOES(STD_NULL, op_std_null, ""),
    DOES(SYSCTL, op_sysctl, "ss"), /* name with slashes, value */
    DOES(READ_ONLY, op_read_only, "s"),
    DOES(MASK, op_mask, "s"),
    DOES(READ_ONLY_ROOT, op_read_only_root, ""),
    MAY(RLIMIT, op_rlimit, "uuuu", 3), /* RLIMIT_*, soft, hard, optional */
    DOES(CWD, op_cwd, "s"),
    DOES(BOUNDING, op_bounding, "u"),          /* mask */
    DOES(IDENTITY, op_identity, "uubuu"),      /* uid, gid, groups as u32 each, setgroups, umask */
    DOES(CAPABILITIES, op_capabilities, "uu"), /* effective, permitted */
    DOES(CLOSE_DESCRIPTORS, op_close_descriptors, ""),
    DOES(NO_NEW_PRIVILEGES, op_no_new_privileges, ""),
    DOES(SECCOMP, op_seccomp, "b"),          /* struct sock_filter[] */
    DOES(EXEC, op_exec, "llu"),              /* argv, env, init */
    DOES(EXIT_RECORD, op_exit_record, "sl"), /* path, files to keep */
    MAY(CGROUP_REMOVE, op_cgroup_remove, "s", ALWAYS_OPTIONAL),
    DOES(PUBLISH, op_publish, "suu"),    /* address, port, port of the container */
    DOES(BRIDGE, op_bridge, "sssss"),    /* lock, bridge, gateway/prefix, veth, alias */
    DOES(PROXY, op_proxy, "s"),          /* address inside or "" */
    DOES(INTERFACE, op_interface, "ss"), /* address/prefix, gateway */
    DOES(PROXY_END, op_proxy_end, ""),
    MAY(BRIDGE_END, op_bridge_end, "ssss", ALWAYS_OPTIONAL), /* lock, bridge, veth, alias */
    DOES(CGROUP_DEVICES, op_cgroup_devices, "sb"),           /* directory, struct bpf_insn[] */
    DOES(OPEN_OTHER_TREE, op_open_other_tree, "dds"),        /* slot, slot of a pidfd, path */
    DOES(EXIT_RESERVE, op_exit_reserve, "s"),                /* path, as of the exit record */
    MAY(CGROUP_REMOVE_EMPTY, op_cgroup_remove_empty, "s", ALWAYS_OPTIONAL),
    MAY(DISCARD, op_discard, "ssss",
        ALWAYS_OPTIONAL), /* link of the name, id, directory, what it is called meanwhile */
    DOES(HOST_ROOT, op_host_root, ""),
    DOES(MAKE_DIRECTORY, op_make_directory, "s"), /* path */
    DOES(HOLD, op_hold, ""),
    MAY(UNMOUNT, op_unmount, "ds", ALWAYS_OPTIONAL), /* slot of the mount, path */
};
