#include "demo.h"
#include "sys.h"
#include <signal.h>

/*
 * PID 1 inherits every orphan. This one waits for the children that it made itself, as most applications do, and never
 * for those that it was given.
 */
int zombie(int argc, char **argv) {
    long count = argc > 0 ? number_of(argv[0], 5) : 5;
    for (long at = 0; at < count; at++) {
        long child = split();
        if (child == 0) {
            SYS2(clone, SIGCHLD, 0);
            leave(0);
        }
        SYS4(wait4, child, 0, 0, 0);
        pause_for(200);
    }
    say("%ld orphans ended here and nobody waits for them: zombies until this process ends", count);
    hold();
}
