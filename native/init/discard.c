/* The files of a container that is to be gone when it ends; what a crash leaves of it is swept by whoever starts next.
 */
#include "../src/cleanup.h"
#include "ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A tree can be deeper than there are descriptors: what is below this many is moved to the top. */
enum { DEEPEST = 64, ROUNDS = 16, MOST_ROUNDS = 4096 };

struct trash {
    int top;
    unsigned moved;
    unsigned names;
};

/* What is mounted there is another's: with NO_XDEV nothing of it is opened. */
static int open_below(int parent, const char *name, uint64_t resolve) {
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, .resolve = resolve};
    return (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
}

static int open_directory(int parent, const char *name, uint64_t resolve) {
    int fd = open_below(parent, name, resolve);
    if (fd >= 0 || errno != EACCES)
        return fd < 0 ? -errno : fd;
    /* Overlay's own work directory has no rights, and only root looks into such. */
    if (fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    fd = open_below(parent, name, resolve);
    return fd < 0 ? -errno : fd;
}

static void move_up(struct trash *trash, int parent, const char *name) {
    char other[32];
    int renamed;
    do {
        snprintf(other, sizeof other, ".deep-%u", trash->names++);
        renamed = renameat2(parent, name, trash->top, other, RENAME_NOREPLACE);
    } while (renamed < 0 && errno == EEXIST);
    trash->moved += renamed == 0;
}

/* Takes the descriptor. */
static void empty(struct trash *trash, int directory, int depth) {
    DIR *entries = fdopendir(directory);
    if (entries == NULL) {
        close(directory);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (unlinkat(directory, name, 0) == 0 || (errno != EISDIR && errno != EPERM))
            continue;
        if (unlinkat(directory, name, AT_REMOVEDIR) == 0)
            continue;
        if (depth == DEEPEST) {
            move_up(trash, directory, name);
            continue;
        }
        int below = open_directory(directory, name, RESOLVE_NO_XDEV);
        if (below >= 0)
            empty(trash, below, depth + 1);
        unlinkat(directory, name, AT_REMOVEDIR);
    }
    closedir(entries);
}

static int remove_tree(const char *path) {
    struct trash trash = {0};
    int idle = 0;
    for (int round = 0; idle < ROUNDS && round < MOST_ROUNDS; round++, idle += trash.moved == 0) {
        scoped_fd top = open_directory(AT_FDCWD, path, 0);
        if (top < 0)
            return top == -ENOENT ? 0 : top;
        trash = (struct trash){.top = top, .names = trash.names};
        int copy = open_directory(AT_FDCWD, path, 0);
        if (copy >= 0)
            empty(&trash, copy, 0);
        if (rmdir(path) == 0 || errno == ENOENT)
            return 0;
        /* Something was moved up, or somebody still wrote into it. */
        if (errno != ENOTEMPTY)
            return -errno;
    }
    return -ENOTEMPTY;
}

/* A name that leads to another container by now is that one's. */
static void give_up_name(const char *link, const char *id) {
    char target[128];
    ssize_t length = readlink(link, target, sizeof target);
    if (length == (ssize_t)strlen(id) && memcmp(target, id, (size_t)length) == 0)
        unlink(link);
}

int op_discard(struct run *run, const struct step *step) {
    (void)run;
    const char *trash = step->fields[3].text;
    give_up_name(step->fields[0].text, step->fields[1].text);
    if (rename(step->fields[2].text, trash) < 0)
        return -errno;
    return remove_tree(trash);
}
