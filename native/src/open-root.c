#include "open-root.h"
#include "cleanup.h"

#include <errno.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

/* openat2(2) answers EAGAIN where something is renamed or mounted anywhere while `..` is resolved. */
enum { TRIES = 64 };

int open_root(const char *root) {
    const char *below = root + strlen(root) + 1;
    scoped_fd base = root[0] == '\0' ? -1 : open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root[0] != '\0' && base < 0)
        return -errno;
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    if (base >= 0)
        how.resolve |= RESOLVE_IN_ROOT;
    int fd;
    int tries = 0;
    do
        fd = (int)syscall(SYS_openat2, base >= 0 ? base : AT_FDCWD, below, &how, sizeof how);
    while (fd < 0 && errno == EAGAIN && ++tries < TRIES);
    return fd < 0 ? -errno : fd;
}
