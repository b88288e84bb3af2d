#include "proxy-pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { MOST_IDLE = 16 };

static int idle[MOST_IDLE][2];
static int idle_count;

static void forget(int ends[2]) {
    ends[0] = ends[1] = -1;
}

int pipe_take(int ends[2]) {
    if (idle_count == 0)
        return pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : 0;
    idle_count--;
    ends[0] = idle[idle_count][0];
    ends[1] = idle[idle_count][1];
    return 0;
}

void pipe_give_back(int ends[2]) {
    if (idle_count == MOST_IDLE) {
        pipe_drop(ends);
        return;
    }
    idle[idle_count][0] = ends[0];
    idle[idle_count][1] = ends[1];
    idle_count++;
    forget(ends);
}

void pipe_drop(int ends[2]) {
    if (ends[0] < 0)
        return;
    close(ends[0]);
    close(ends[1]);
    forget(ends);
}

void pipes_close_idle(void) {
    while (idle_count > 0)
        pipe_drop(idle[--idle_count]);
}
