/* Files of the state directory. */
#include "../src/cleanup.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int op_lock(struct run *run, const struct step *step) {
    run->lock = open(step->fields[0].text, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (run->lock < 0)
        return -errno;
    return flock(run->lock, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

static int write_file(int directory, const char *name, const struct field *text) {
    scoped_fd fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    for (uint64_t done = 0; done < text->number;) {
        ssize_t written = write(fd, text->text + done, text->number - done);
        if (written < 0)
            return -errno;
        done += (uint64_t)written;
    }
    return 0;
}

/*
 * Real directories above the image: whatever the image has at these names, a link most of all, is out of sight before
 * anything is mounted there.
 */
int op_init_layer(struct run *run, const struct step *step) {
    static const char *const directories[] = {"dev", "proc", "sys", "etc"};
    static const char *const files[] = {"etc/hostname", "etc/hosts", "etc/resolv.conf"};
    (void)run;
    scoped_fd layer = open(step->fields[0].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (layer < 0)
        return -errno;
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        if (mkdirat(layer, directories[i], 0755) < 0 && errno != EEXIST)
            return -errno;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int err = write_file(layer, files[i], &step->fields[i + 1]);
        if (err < 0)
            return err;
    }
    return symlinkat("/proc/mounts", layer, "etc/mtab") < 0 && errno != EEXIST ? -errno : 0;
}
