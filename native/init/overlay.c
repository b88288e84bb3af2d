#include "../src/cleanup.h"
#include "filesystem.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux 6.13: a layer given by descriptor, here a copy of its mount that shows the container's ids. */
static int add_mapped_layer(struct run *run, int context, const char *path, int user_namespace) {
    scoped_fd tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        return -errno;
    struct mount_attr mapped = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    if (mount_setattr(tree, "", AT_EMPTY_PATH, &mapped, sizeof mapped) < 0)
        return -errno;
    if (fsconfig(context, FSCONFIG_SET_FD, "lowerdir+", NULL, tree) < 0) {
        tell(run, "a mapped layer by descriptor needs Linux 6.13");
        return -errno;
    }
    return 0;
}

static int add_layer(struct run *run, int context, const char *path, int user_namespace) {
    int err = user_namespace == NO_FD ? filesystem_set(run, context, "lowerdir+", path)
                                      : add_mapped_layer(run, context, path, user_namespace);
    if (err < 0 && run->detail[0] == '\0')
        tell(run, "layer %.200s", path);
    return err;
}

static int configure(struct run *run, int context, const struct field *fields, int user_namespace) {
    const struct field *lowers = &fields[1];
    int err = filesystem_set(run, context, "source", "overlay");
    for (uint64_t i = 0; err == 0 && i < lowers->number; i++)
        err = add_layer(run, context, lowers->list[i], user_namespace);
    if (err == 0)
        err = filesystem_set(run, context, "upperdir", fields[2].text);
    if (err == 0)
        err = filesystem_set(run, context, "workdir", fields[3].text);
    return err == 0 ? filesystem_options(run, context, &fields[4]) : err;
}

/* Devices that a layer brings are of no use: MOUNT_ATTR_NODEV. */
int op_overlay(struct run *run, const struct step *step) {
    scoped_fd context = fsopen("overlay", FSOPEN_CLOEXEC);
    if (context < 0)
        return -errno;
    int err = configure(run, context, step->fields, slot_of(run, step, 5));
    if (err < 0)
        return err;
    int mount = filesystem_mount(run, context, MOUNT_ATTR_NODEV);
    if (mount < 0)
        return mount;
    set_slot(run, step, 0, mount);
    return 0;
}
