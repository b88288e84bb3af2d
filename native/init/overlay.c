#include "overlay.h"
#include "../src/cleanup.h"
#include "filesystem.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

int overlay_map_layer(struct run *run, const char *path, int user_namespace) {
    int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        return -errno;
    struct mount_attr mapped = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    if (mount_setattr(tree, "", AT_EMPTY_PATH, &mapped, sizeof mapped) == 0)
        return tree;
    int err = -errno;
    close(tree);
    tell(run, "%.150s: its file system shows no mapped ids", path);
    return err;
}

/* Linux 6.13: a layer by descriptor. */
static int add_mapped_layer(struct run *run, int context, const char *path, int user_namespace, int *tree) {
    *tree = overlay_map_layer(run, path, user_namespace);
    if (*tree < 0)
        return *tree;
    return fsconfig(context, FSCONFIG_SET_FD, "lowerdir+", NULL, *tree) < 0 ? -errno : 0;
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

/*
 * Layers one by one: Linux 6.5; by descriptor: 6.13. fsconfig(2) takes 255 bytes of a path, and overlay takes
 * backslashes out of the other two.
 */
static bool takes_single_layers(const struct field *fields, bool mapped) {
    enum { LONGEST = 255 };
    struct utsname host;
    int major = 0;
    int minor = 0;
    if (uname(&host) < 0 || sscanf(host.release, "%d.%d", &major, &minor) != 2)
        return false;
    for (const char **path = fields[1].list; *path != NULL; path++) {
        if (strlen(*path) > LONGEST)
            return false;
    }
    for (int i = 2; i <= 3; i++) {
        if (fields[i].number > LONGEST || strchr(fields[i].text, '\\') != NULL)
            return false;
    }
    return major > 6 || (major == 6 && minor >= (mapped ? 13 : 5));
}

/* Devices that a layer brings are of no use: MOUNT_ATTR_NODEV. */
static int overlay_by_layers(struct run *run, const struct step *step, int *trees) {
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

static int overlay_by_filesystem(struct run *run, const struct step *step) {
    uint64_t count = step->fields[1].number;
    int *trees = malloc((count + 1) * sizeof *trees);
    if (trees == NULL)
        return -ENOMEM;
    for (uint64_t i = 0; i < count; i++)
        trees[i] = NO_FD;
    int mount = overlay_by_layers(run, step, trees);
    /* A detached mount is gone with its descriptor: the overlay has its own copies only now. */
    for (uint64_t i = 0; i < count; i++) {
        if (trees[i] >= 0)
            close(trees[i]);
    }
    free(trees);
    return mount;
}

int op_overlay(struct run *run, const struct step *step) {
    const struct field *fields = step->fields;
    /* The root directory is the writable layer's, and must be its own root's. */
    if (chown(fields[2].text, (uid_t)fields[6].number, (gid_t)fields[7].number) < 0 && errno != EPERM)
        return -errno;
    bool single = takes_single_layers(fields, slot_of(run, step, 5) != NO_FD);
    int mount = single ? overlay_by_filesystem(run, step) : overlay_by_mount(run, step);
    if (mount < 0)
        return mount;
    set_slot(run, step, 0, mount);
    return 0;
}
