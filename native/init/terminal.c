#include "../src/cleanup.h"
#include "control.h"
#include "filesystem.h"
#include "inside.h"
#include "ops.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

enum { PTMX_INODE = 2 };

/* The multiplexer of a devpts, and nothing that someone put in its place. */
static bool is_ptmx(int fd) {
    struct stat stat;
    struct statfs filesystem;
    return fstat(fd, &stat) == 0 && fstatfs(fd, &filesystem) == 0 && filesystem.f_type == DEVPTS_SUPER_MAGIC &&
           stat.st_ino == PTMX_INODE && S_ISCHR(stat.st_mode) && stat.st_rdev == makedev(5, 2);
}

static int open_master(const struct run *run) {
    scoped_fd ptmx = open_inside(run->root, "/dev/pts/ptmx", LINKS_REFUSED);
    if (ptmx < 0)
        return ptmx;
    return is_ptmx(ptmx) ? proc_reopen(run, ptmx, O_RDWR) : -ENXIO;
}

/* The terminal under the name that programs know, from the descriptor: /dev/pts/N may be another's by now. */
static int bind_console(const struct run *run, int terminal) {
    scoped_fd target = make_inside(run->dev, "console", LINKS_REFUSED, false);
    if (target < 0)
        return target;
    scoped_fd tree = open_tree(terminal, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    return tree < 0 ? -errno : attach(tree, target);
}

static int use_terminal(int terminal, uid_t owner) {
    if (ioctl(terminal, TIOCSCTTY, 0) < 0)
        return -errno;
    /* So that the command may open its own /dev/tty path again; an id that is not mapped here cannot own it. */
    if (fchown(terminal, owner, (gid_t)-1) < 0 && errno != EINVAL && errno != EPERM)
        return -errno;
    for (int fd = 0; fd <= 2; fd++) {
        if (dup2(terminal, fd) < 0)
            return -errno;
    }
    return 0;
}

int op_terminal(struct run *run, const struct step *step) {
    scoped_fd master = open_master(run);
    if (master < 0)
        return master;
    int unlocked = 0;
    if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
        return -errno;
    scoped_fd terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return -errno;
    int err = step->fields[1].number != 0 ? bind_console(run, terminal) : 0;
    if (err == 0)
        err = use_terminal(terminal, (uid_t)step->fields[0].number);
    return err < 0 ? err : control_send(run->control, PACKET_TERMINAL, step->id, 0, "", master);
}
