#include "../src/cleanup.h"
#include "dev.h"
#include "filesystem.h"
#include "inside.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int op_open_tree(struct run *run, const struct step *step) {
    unsigned recursive = step->fields[2].number != 0 ? AT_RECURSIVE : 0;
    int tree = open_tree(AT_FDCWD, step->fields[1].text, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);
    if (tree < 0)
        return -errno;
    set_slot(run, step, 0, tree);
    return 0;
}

/* Slave: what the host unmounts goes here too, what is mounted here never reaches the host. */
int op_slave_mounts(struct run *run, const struct step *step) {
    (void)run;
    (void)step;
    return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ? -errno : 0;
}

/* On top of the root: a path of the host that would have to exist is needed for nothing. */
int op_attach_root(struct run *run, const struct step *step) {
    run->root = slot_of(run, step, 0);
    return move_mount(run->root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 ? -errno : 0;
}

/* What is mounted after this is mounted where the host's own paths say. */
int op_host_root(struct run *run, const struct step *step) {
    (void)step;
    if (run->root != NO_FD)
        close(run->root);
    run->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return run->root < 0 ? -errno : 0;
}

int op_make_directory(struct run *run, const struct step *step) {
    scoped_fd made = make_inside(run->root, step->fields[0].text, LINKS_REFUSED, true);
    return made < 0 ? made : 0;
}

int op_mount(struct run *run, const struct step *step) {
    const char *type = step->fields[0].text;
    scoped_fd context = fsopen(type, FSOPEN_CLOEXEC);
    if (context < 0)
        return -errno;
    int err = filesystem_set(run, context, "source", step->fields[1].text);
    if (err == 0)
        err = filesystem_options(run, context, &step->fields[4]);
    if (err < 0)
        return err;
    int mount = filesystem_mount(run, context, step->fields[3].number);
    if (mount < 0)
        return mount;
    /* The kernel's own file systems stand where programs trust them to: never where a link of the image leads. */
    enum inside_links links = strcmp(type, "tmpfs") == 0 ? LINKS_FOLLOWED : LINKS_REFUSED;
    scoped_fd target = make_inside(run->root, step->fields[2].text, links, true);
    err = target < 0 ? target : attach(mount, target);
    if (strcmp(type, "proc") == 0 && err == 0 && run->proc == NO_FD)
        run->proc = mount;
    else
        close(mount);
    return err;
}

/* Whatever stands there could pass for the kernel's word. */
static bool belongs_to_kernel(int target) {
    struct statfs stat;
    return fstatfs(target, &stat) < 0 || stat.f_type == PROC_SUPER_MAGIC || stat.f_type == SYSFS_MAGIC;
}

int op_bind(struct run *run, const struct step *step) {
    int tree = slot_of(run, step, 0);
    struct stat stat;
    if (fstat(tree, &stat) < 0)
        return -errno;
    scoped_fd target = make_inside(run->root, step->fields[1].text, LINKS_FOLLOWED, S_ISDIR(stat.st_mode));
    if (target < 0)
        return target;
    if (belongs_to_kernel(target)) {
        tell(run, "%.200s leads into /proc or /sys", step->fields[1].text);
        return -EPERM;
    }
    int err = mount_change(tree, step->fields[3].number, step->fields[4].number, step->fields[2].number != 0);
    return err < 0 ? err : attach(tree, target);
}

/* The old root on top of the new one, then away with it: no path leads back, as one does after chroot(2). */
int op_pivot(struct run *run, const struct step *step) {
    (void)step;
    scoped_fd old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (old < 0 || fchdir(run->root) < 0)
        return -errno;
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return -errno;
    if (fchdir(old) < 0 || mount(NULL, ".", NULL, MS_REC | MS_SLAVE, NULL) < 0 || umount2(".", MNT_DETACH) < 0)
        return -errno;
    return chdir("/") < 0 ? -errno : 0;
}

/* Only over a file of the kernel's, in the proc or sysfs of the container's own. */
int op_cover(struct run *run, const struct step *step) {
    int tree = slot_of(run, step, 0);
    scoped_fd target = open_inside(run->root, step->fields[1].text, LINKS_REFUSED);
    if (target == -ENOENT) {
        tell(run, "absent");
        return 0;
    }
    if (target < 0)
        return target;
    if (!belongs_to_kernel(target)) {
        tell(run, "%.200s is not the kernel's", step->fields[1].text);
        return -EPERM;
    }
    unsigned closed = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    int err = mount_change(tree, closed, MS_PRIVATE, false);
    return err < 0 ? err : attach(tree, target);
}

int op_read_only_root(struct run *run, const struct step *step) {
    (void)step;
    return mount_change(run->root, MOUNT_ATTR_RDONLY, 0, false);
}

/* A copy of the mount at this path laid over it. `path` may be absent. */
int op_read_only(struct run *run, const struct step *step) {
    scoped_fd target = open_inside(run->root, step->fields[0].text, LINKS_REFUSED);
    if (target == -ENOENT) {
        tell(run, "absent");
        return 0;
    }
    if (target < 0)
        return target;
    scoped_fd tree = open_tree(target, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (tree < 0)
        return -errno;
    int err = mount_change(tree, MOUNT_ATTR_RDONLY, 0, true);
    return err < 0 ? err : attach(tree, target);
}

/* One tmpfs serves all directories: a mount each makes the end of a container slow. */
static int cover_directory(struct run *run, int target) {
    if (run->empty != NO_FD) {
        scoped_fd again = open_tree(run->empty, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        return again < 0 ? -errno : attach(again, target);
    }
    scoped_fd context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0)
        return -errno;
    int err = filesystem_set(run, context, "nr_inodes", "2");
    if (err < 0)
        return err;
    run->empty =
        filesystem_mount(run, context, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    return run->empty < 0 ? run->empty : attach(run->empty, target);
}

int op_mask(struct run *run, const struct step *step) {
    scoped_fd target = open_inside(run->root, step->fields[0].text, LINKS_REFUSED);
    if (target == -ENOENT) {
        tell(run, "absent");
        return 0;
    }
    struct stat stat;
    if (target < 0 || fstat(target, &stat) < 0)
        return target < 0 ? target : -errno;
    if (S_ISDIR(stat.st_mode))
        return cover_directory(run, target);
    scoped_fd null = open_null(run);
    if (null < 0)
        return null;
    scoped_fd tree = open_tree(null, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    return tree < 0 ? -errno : attach(tree, target);
}

/* Only the mount of the slot: somebody else's may stand there. Whoever still uses it keeps it until they leave. */
int op_unmount(struct run *run, const struct step *step) {
    const char *path = step->fields[1].text;
    int mount = slot_of(run, step, 0);
    struct statx ours;
    struct statx there;
    if (mount == NO_FD)
        return 0;
    if (statx(mount, "", AT_EMPTY_PATH, STATX_MNT_ID, &ours) < 0 ||
        statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &there) < 0)
        return -errno;
    if (ours.stx_mnt_id != there.stx_mnt_id) {
        tell(run, "another mount is there");
        return -EBUSY;
    }
    return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}
