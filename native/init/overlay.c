#include "../src/cleanup.h"
#include "filesystem.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

/* A copy of the layer's mount that shows the container's ids. The descriptor, or -errno. */
static int map_layer(const char *path, int user_namespace) {
    int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        return -errno;
    struct mount_attr mapped = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    if (mount_setattr(tree, "", AT_EMPTY_PATH, &mapped, sizeof mapped) == 0)
        return tree;
    int err = -errno;
    close(tree);
    return err;
}

/* Linux 6.13: a layer by descriptor. */
static int add_mapped_layer(struct run *run, int context, const char *path, int user_namespace, int *tree) {
    *tree = map_layer(path, user_namespace);
    if (*tree < 0)
        return *tree;
    if (fsconfig(context, FSCONFIG_SET_FD, "lowerdir+", NULL, *tree) == 0)
        return 0;
    tell(run, "a mapped layer needs Linux 6.13");
    return -errno;
}

static int add_layers(struct run *run, int context, const struct field *lowers, int user_namespace, int *trees) {
    int err = 0;
    for (uint64_t i = 0; err == 0 && i < lowers->number; i++) {
        const char *path = lowers->list[i];
        err = user_namespace == NO_FD ? filesystem_set(run, context, "lowerdir+", path)
                                      : add_mapped_layer(run, context, path, user_namespace, &trees[i]);
        if (err < 0 && run->detail[0] == '\0')
            tell(run, "layer %.200s", path);
    }
    return err;
}

/* Devices that a layer brings are of no use: MOUNT_ATTR_NODEV. */
static int make_overlay(struct run *run, const struct step *step, int *trees) {
    const struct field *fields = step->fields;
    scoped_fd context = fsopen("overlay", FSOPEN_CLOEXEC);
    if (context < 0)
        return -errno;
    int err = filesystem_set(run, context, "source", "overlay");
    if (err == 0)
        err = add_layers(run, context, &fields[1], slot_of(run, step, 5), trees);
    if (err == 0)
        err = filesystem_set(run, context, "upperdir", fields[2].text);
    if (err == 0)
        err = filesystem_set(run, context, "workdir", fields[3].text);
    if (err == 0)
        err = filesystem_options(run, context, &fields[4]);
    return err < 0 ? err : filesystem_mount(run, context, MOUNT_ATTR_NODEV);
}

int op_overlay(struct run *run, const struct step *step) {
    /* The root directory is the writable layer's, and must be its own root's. */
    if (chown(step->fields[2].text, (uid_t)step->fields[6].number, (gid_t)step->fields[7].number) < 0 && errno != EPERM)
        return -errno;
    uint64_t count = step->fields[1].number;
    int *trees = malloc((count + 1) * sizeof *trees);
    if (trees == NULL)
        return -ENOMEM;
    for (uint64_t i = 0; i < count; i++)
        trees[i] = NO_FD;
    int mount = make_overlay(run, step, trees);
    /* A detached mount is gone with its descriptor: the overlay has its own copies only now. */
    for (uint64_t i = 0; i < count; i++) {
        if (trees[i] >= 0)
            close(trees[i]);
    }
    free(trees);
    if (mount < 0)
        return mount;
    set_slot(run, step, 0, mount);
    return 0;
}
