#include "dev.h"
#include "../src/cleanup.h"
#include "filesystem.h"
#include "inside.h"
#include "ops.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool is_null(const struct stat *stat) {
    return S_ISCHR(stat->st_mode) && stat->st_rdev == makedev(1, 3);
}

int open_null(const struct run *run) {
    if (run->dev == NO_FD)
        return -ENODEV;
    int fd = open_inside(run->dev, "null", LINKS_REFUSED);
    struct stat stat;
    if (fd < 0)
        return fd;
    if (fstat(fd, &stat) == 0 && is_null(&stat))
        return fd;
    close(fd);
    return -ENODEV;
}

static int make_links(int dev, const struct field *links) {
    for (uint64_t i = 0; i + 1 < links->number; i += 2) {
        if (symlinkat(links->list[i + 1], dev, links->list[i]) < 0)
            return -errno;
    }
    return 0;
}

/* Filled before it can be seen under any name: what we put there is what is there. */
int op_mount_dev(struct run *run, const struct step *step) {
    scoped_fd context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0)
        return -errno;
    int err = filesystem_set(run, context, "source", "tmpfs");
    if (err == 0)
        err = filesystem_options(run, context, &step->fields[0]);
    if (err < 0)
        return err;
    int dev = filesystem_mount(run, context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);
    if (dev < 0)
        return dev;
    run->dev = dev;
    const struct field *directories = &step->fields[1];
    for (uint64_t i = 0; i < directories->number; i++) {
        if (mkdirat(dev, directories->list[i], 0755) < 0)
            return -errno;
    }
    return make_links(dev, &step->fields[2]);
}

/* `path` is below /dev; parents are made. */
int op_device(struct run *run, const struct step *step) {
    const struct field *fields = step->fields;
    const char *path = fields[0].text;
    mode_t mode = (mode_t)fields[1].number;
    int source = slot_of(run, step, 6);
    if (source != NO_FD || strchr(path, '/') != NULL) {
        scoped_fd node = make_inside(run->dev, path, LINKS_REFUSED, false);
        if (node < 0)
            return node;
        if (source != NO_FD)
            return attach(source, node);
        /* The file only made the parents. */
        if (unlinkat(run->dev, path, 0) < 0)
            return -errno;
    }
    if (mknodat(run->dev, path, mode, makedev((unsigned)fields[2].number, (unsigned)fields[3].number)) < 0)
        return -errno;
    return fchownat(run->dev, path, (uid_t)fields[4].number, (gid_t)fields[5].number, AT_SYMLINK_NOFOLLOW) < 0 ? -errno
                                                                                                               : 0;
}

int op_attach_dev(struct run *run, const struct step *step) {
    (void)step;
    scoped_fd target = make_inside(run->root, "/dev", LINKS_REFUSED, true);
    return target < 0 ? target : attach(run->dev, target);
}

/* A null device of the host's file system would be a way to the host's inode. */
int op_std_null(struct run *run, const struct step *step) {
    (void)step;
    if (run->dev == NO_FD)
        run->dev = open_inside(run->root, "/dev", LINKS_REFUSED);
    for (int fd = 0; fd <= 2; fd++) {
        struct stat stat;
        if (fstat(fd, &stat) < 0 || !is_null(&stat))
            continue;
        scoped_fd named = open_null(run);
        scoped_fd null = named < 0 ? named : proc_reopen(run, named, O_RDWR);
        if (null < 0)
            return null;
        if (dup2(null, fd) < 0)
            return -errno;
    }
    return 0;
}
