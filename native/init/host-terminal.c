#include "host-terminal.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool raw;

void host_terminal_raw(void) {
    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return;
    struct termios changed = before;
    cfmakeraw(&changed);
    raw = tcsetattr(STDIN_FILENO, TCSANOW, &changed) == 0;
}

void host_terminal_restore(void) {
    if (raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    raw = false;
}

void host_terminal_copy_size(int master) {
    struct winsize size;
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        ioctl(master, TIOCSWINSZ, &size);
}
