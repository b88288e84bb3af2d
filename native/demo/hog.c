#include "demo.h"
#include "sys.h"
#include <fcntl.h>
#include <linux/mman.h>
#include <linux/wait.h>
#include <signal.h>

enum { MIB = 1 << 20, PAGE = 4096, STEP = 8 * MIB, MOST_MORE = 256 };

/* Takes and touches memory step by step, so that it can be watched. What was taken. */
static long take(long bytes, long milliseconds) {
    long taken = 0;
    while (taken < bytes) {
        long step = bytes - taken < STEP ? bytes - taken : STEP;
        long at = SYS6(mmap, 0, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at < 0 && at > -PAGE)
            break;
        for (long page = 0; page < step; page += PAGE)
            *(volatile long *)(at + page) = at + page;
        taken += step;
        pause_for(milliseconds);
    }
    return taken;
}

/* A child that wants more than there may be; it offers itself to the kernel, so that its parent lives to tell. */
static void go_over(void) {
    say("a child now takes more than there may be");
    long child = split();
    if (child == 0) {
        write_file("/proc/self/oom_score_adj", "1000");
        take((long)MOST_MORE * MIB, 200);
        leave(0);
    }
    int status = 0;
    SYS4(wait4, child, &status, 0, 0);
    if ((status & 0x7f) == SIGKILL)
        say("the kernel killed it: out of the memory of this group (SIGKILL)");
    else
        say("it took %ld MiB more and nothing stopped it", (long)MOST_MORE);
}

/* The first line of a meminfo is how much memory there is. */
static void tell_memory(void) {
    char line[64];
    if (read_file("/proc/meminfo", line, sizeof line) <= 0)
        return;
    for (char *at = line; *at != 0; at++)
        if (*at == '\n')
            *at = 0;
    say("what /proc/meminfo says it has: %s", line);
}

int hog(int argc, char **argv) {
    long bytes = argc > 0 ? number_of(argv[0], 0) : 0;
    if (bytes <= 0) {
        say("hog: how much? a number of bytes, with k, m or g");
        return 2;
    }
    tell_memory();
    say("holding %ld MiB", take(bytes, 20) / MIB);
    for (;;)
        if (pause_for(-1))
            go_over();
}
