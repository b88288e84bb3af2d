#include "inside.h"
#include "../src/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int open_inside(int root, const char *path, enum inside_links links) {
    struct open_how how = {
        /* Not O_NOFOLLOW, which would open a last link itself instead of refusing it. */
        .flags = O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (links == LINKS_REFUSED ? RESOLVE_NO_SYMLINKS : 0),
    };
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    return fd < 0 ? -errno : fd;
}

/* The last name is made in a directory that is already open: between the two nobody can put another in its place. */
static int make_last(int parent, const char *name, bool directory) {
    if (directory)
        return mkdirat(parent, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
    scoped_fd file = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    return file < 0 && errno != EEXIST ? -errno : 0;
}

int make_inside(int root, const char *path, enum inside_links links, bool directory) {
    int fd = open_inside(root, path, links);
    if (fd != -ENOENT)
        return fd;
    char prefix[PATH_MAX];
    if (strlen(path) >= sizeof prefix)
        return -ENAMETOOLONG;
    strcpy(prefix, path);
    int parent = open_inside(root, "/", links);
    for (char *name = prefix; parent >= 0;) {
        name += strspn(name, "/");
        char *end = name + strcspn(name, "/");
        bool last = end[strspn(end, "/")] == '\0';
        char after = *end;
        *end = '\0';
        int next = open_inside(root, prefix, links);
        if (next == -ENOENT) {
            int err = make_last(parent, name, directory || !last);
            /* Still nothing there: a link that leads nowhere. */
            next = err < 0 ? err : open_inside(root, prefix, links);
        }
        close(parent);
        if (last || next < 0)
            return next;
        *end = after;
        name = end;
        parent = next;
    }
    return parent;
}
