#include "demo.h"
#include "sys.h"
#include <fcntl.h>

enum { BLOCK = 256 << 10, BLOCKS = 32 };

static _Alignas(4096) char block[BLOCK];

int io(int argc, char **argv) {
    const char *path = argc > 0 ? argv[0] : "/io";
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_DSYNC;
    bool direct = true;
    int fd = (int)SYS4(openat, AT_FDCWD, path, flags | O_DIRECT, 0600);
    if (fd == -EINVAL) {
        direct = false;
        fd = (int)SYS4(openat, AT_FDCWD, path, flags, 0600);
    }
    if (fd < 0) {
        say("io: cannot open %s: errno %ld", path, (long)-fd);
        return 1;
    }
    say("writing and reading %s, 1 MiB a second each way%s", path, direct ? ", past the page cache" : "");
    for (long at = 0;; at = (at + 1) % BLOCKS) {
        for (long sign = 0; sign < BLOCK; sign += 512)
            block[sign] = (char)(at + sign);
        long written = SYS4(pwrite64, fd, block, BLOCK, at * BLOCK);
        long read = SYS4(pread64, fd, block, BLOCK, at * BLOCK);
        if (written != BLOCK || read != BLOCK) {
            say("io: %s: wrote %ld and read %ld of %ld bytes", path, written, read, (long)BLOCK);
            return 1;
        }
        pause_for(250);
    }
}
