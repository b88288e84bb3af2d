#include "demo.h"
#include "sys.h"
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <signal.h>

static char names[256];

/* What the second process does. Writes a byte to `turn` once it is done. */
static void second(int turn, long milliseconds) {
    long refused = SYS1(unshare, CLONE_NEWNS);
    if (refused < 0) {
        say("a mount namespace is refused: errno %ld (run it with CAP_SYS_ADMIN)", -refused);
        leave(1);
    }
    say("2. a second process, in a mount namespace of its own, sees in /tmp: %s",
        names_in("/tmp", ANY_NAME, names, sizeof names));
    say("   the namespace alone changes nothing");
    pause_for(milliseconds);
    /* Else the first process would get this mount too. */
    SYS5(mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0);
    refused = SYS5(mount, "tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m");
    if (refused < 0) {
        say("a tmpfs is refused: errno %ld", -refused);
        leave(1);
    }
    say("3. it mounts a tmpfs on /tmp, and sees there: %s", names_in("/tmp", ANY_NAME, names, sizeof names));
    pause_for(milliseconds);
    write_file("/tmp/made-inside", "by the second process\n");
    say("4. it makes a file, and sees: %s", names_in("/tmp", ANY_NAME, names, sizeof names));
    pause_for(milliseconds);
    SYS3(write, turn, "", 1);
    SYS1(close, turn);
    hold();
}

int tmp(int argc, char **argv) {
    long milliseconds = argc > 0 ? number_of(argv[0], 4000) : 4000;
    for (;;) {
        int turn[2];
        char byte;
        write_file("/tmp/made-before", "by the first process\n");
        say("1. the first process has made a file and sees in /tmp: %s",
            names_in("/tmp", ANY_NAME, names, sizeof names));
        pause_for(milliseconds);
        SYS2(pipe2, turn, O_CLOEXEC);
        long child = split();
        if (child == 0)
            second(turn[1], milliseconds);
        SYS1(close, turn[1]);
        if (SYS3(read, turn[0], &byte, 1) == 1)
            say("5. the first process still sees: %s", names_in("/tmp", ANY_NAME, names, sizeof names));
        SYS1(close, turn[0]);
        while (!pause_for(-1))
            ;
        SYS2(kill, child, SIGKILL);
        SYS4(wait4, child, 0, 0, 0);
    }
}
