/*
 * The helper runs from a copy in memory that nobody can write: a container that gets hold of /proc/PID/exe of it must
 * not be able to change the program on disk for the next start (CVE-2019-5736).
 */
#include "seal.h"
#include "../src/cleanup.h"
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

enum { ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static bool is_sealed(int fd) {
    int seals = fcntl(fd, F_GET_SEALS);
    return seals >= 0 && (seals & ALL_SEALS) == ALL_SEALS;
}

/* Kernels before 6.3 know no MFD_EXEC, later ones may want it. */
static int make_memfd(void) {
    int fd = memfd_create("nsview-init", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    return fd >= 0 || errno != EINVAL ? fd : memfd_create("nsview-init", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static int copy_whole(int from, int to) {
    struct stat stat;
    if (fstat(from, &stat) < 0)
        return -errno;
    for (off_t left = stat.st_size; left > 0;) {
        ssize_t copied = sendfile(to, from, NULL, (size_t)left);
        if (copied < 0)
            return -errno;
        if (copied == 0)
            return -EIO;
        left -= copied;
    }
    return 0;
}

int seal_self(char **argv) {
    scoped_fd self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0)
        return -errno;
    if (is_sealed(self))
        return 0;
    scoped_fd copy = make_memfd();
    if (copy < 0)
        return -errno;
    int err = copy_whole(self, copy);
    if (err < 0)
        return err;
    if (fcntl(copy, F_ADD_SEALS, ALL_SEALS) < 0)
        return -errno;
    char *no_environment[] = {NULL};
    syscall(SYS_execveat, copy, "", argv, no_environment, AT_EMPTY_PATH);
    return -errno;
}

int op_sealed(struct run *run, const struct step *step) {
    (void)step;
    scoped_fd self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0)
        return -errno;
    if (!is_sealed(self))
        return -EPERM;
    tell(run, "memfd:nsview-init, seals 0x%x", (unsigned)fcntl(self, F_GET_SEALS));
    return 0;
}
