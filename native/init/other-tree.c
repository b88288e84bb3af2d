#include "../src/cleanup.h"
#include "inside.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

/* No link that the other has put there leads out of its root. */
static int clone_tree(const char *path) {
    scoped_fd root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -errno;
    scoped_fd place = open_inside(root, path, LINKS_REFUSED);
    if (place < 0)
        return place;
    int tree = open_tree(place, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    return tree < 0 ? -errno : tree;
}

/*
 * A mount is cloned only from within its mount namespace, so this goes there and comes back. Entering one changes the
 * root and the working directory as well: what they were is kept open meanwhile.
 */
int op_open_other_tree(struct run *run, const struct step *step) {
    scoped_fd home = openat(run->host_proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
    scoped_fd root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    scoped_fd directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (home < 0 || root < 0 || directory < 0 || setns(slot_of(run, step, 1), CLONE_NEWNS) < 0)
        return -errno;
    int tree = clone_tree(step->fields[2].text);
    if (tree >= 0)
        set_slot(run, step, 0, tree);
    if (setns(home, CLONE_NEWNS) < 0 || fchdir(root) < 0 || chroot(".") < 0 || fchdir(directory) < 0)
        return -errno;
    return tree < 0 ? tree : 0;
}
