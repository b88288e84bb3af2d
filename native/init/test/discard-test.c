/* A container's files go; what somebody mounted among them stays as it is. */
#include "../ops.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void make(const char *path) {
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert(fd >= 0);
    close(fd);
}

static int discard(void) {
    struct step step = {0};
    const char *texts[] = {"name", "id", "container", "trash"};
    for (int i = 0; i < 4; i++)
        step.fields[i].text = texts[i];
    return op_discard(NULL, &step);
}

static void a_deep_tree_goes(void) {
    assert(mkdir("container", 0700) == 0 && symlink("id", "name") == 0);
    int at = open("container", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 300; i++) {
        assert(mkdirat(at, "d", i % 50 == 0 ? 0 : 0700) == 0);
        int below = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (below < 0)
            break;
        close(at);
        at = below;
    }
    close(at);
    assert(discard() == 0);
    assert(access("trash", F_OK) < 0 && access("container", F_OK) < 0 && access("name", F_OK) < 0);
}

static void what_is_mounted_in_it_stays(void) {
    if (unshare(CLONE_NEWNS) < 0) {
        printf("discard: no right to mount, so a mount in it is not tested: %s\n", strerror(errno));
        return;
    }
    assert(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    assert(mkdir("theirs", 0700) == 0 && mkdir("container", 0700) == 0);
    assert(mkdir("container/mnt", 0700) == 0 && mkdir("container/memory", 0700) == 0);
    make("theirs/kept");
    make("container/own");
    /* Of the same file system, which st_dev does not tell apart, and of another. */
    assert(mount("theirs", "container/mnt", NULL, MS_BIND, NULL) == 0);
    assert(mount("nsview-test", "container/memory", "tmpfs", 0, NULL) == 0);
    make("container/memory/kept");
    assert(discard() == -ENOTEMPTY);
    assert(access("theirs/kept", F_OK) == 0 && access("trash/memory/kept", F_OK) == 0);
    assert(access("trash/own", F_OK) < 0);
    assert(umount2("trash/mnt", 0) == 0 && umount2("trash/memory", 0) == 0);
    assert(rmdir("trash/mnt") == 0 && rmdir("trash/memory") == 0 && rmdir("trash") == 0);
    assert(unlink("theirs/kept") == 0 && rmdir("theirs") == 0);
}

int main(void) {
    char work[] = "/tmp/nsview-discard-XXXXXX";
    assert(mkdtemp(work) != NULL && chdir(work) == 0);
    a_deep_tree_goes();
    what_is_mounted_in_it_stays();
    assert(chdir("/") == 0 && rmdir(work) == 0);
    printf("discard: passed\n");
    return 0;
}
