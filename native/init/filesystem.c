#include "filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* What the kernel logs on the context: `e overlay: …`, one message for each read(2). */
static int refused(struct run *run, int context, int err) {
    char message[DETAIL_BYTES];
    ssize_t length = read(context, message, sizeof message - 1);
    if (length > 2) {
        message[length] = '\0';
        message[strcspn(message, "\n")] = '\0';
        tell(run, "%.200s", message + 2);
    }
    return err;
}

int filesystem_set(struct run *run, int context, const char *name, const char *value) {
    bool bare = value[0] == '\0';
    if (fsconfig(context, bare ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, name, bare ? NULL : value, 0) == 0)
        return 0;
    int err = refused(run, context, -errno);
    if (run->detail[0] == '\0')
        tell(run, "%.100s=%.100s", name, value);
    return err;
}

int filesystem_options(struct run *run, int context, const struct field *options) {
    for (uint64_t i = 0; i + 1 < options->number; i += 2) {
        int err = filesystem_set(run, context, options->list[i], options->list[i + 1]);
        if (err < 0)
            return err;
    }
    return 0;
}

int filesystem_mount(struct run *run, int context, uint64_t attributes) {
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return refused(run, context, -errno);
    int mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes);
    return mount < 0 ? refused(run, context, -errno) : mount;
}

int mount_change(int mount, uint64_t attributes, uint64_t propagation, bool recursive) {
    struct mount_attr change = {.attr_set = attributes, .propagation = propagation};
    /* The access-time bits are one value, which is replaced as a whole. */
    if ((attributes & MOUNT_ATTR__ATIME) != 0)
        change.attr_clr = MOUNT_ATTR__ATIME;
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return mount_setattr(mount, "", flags, &change, sizeof change) < 0 ? -errno : 0;
}

int attach(int mount, int target) {
    unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    return move_mount(mount, "", target, "", flags) < 0 ? -errno : 0;
}
