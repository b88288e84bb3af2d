#include "status.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line that nobody reads any more is no failure: a launcher that is gone is noticed on descriptor 3. */
static void write_line(const char *line, size_t length) {
    while (length > 0) {
        ssize_t written = write(STATUS_FD, line, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        line += written;
        length -= (size_t)written;
    }
}

/* Appends `text` and a line feed to what `line` holds. */
static void write_with_text(char *line, size_t capacity, size_t length, const char *text) {
    for (; *text != '\0' && length + sizeof "\\xHH\n" < capacity; text++) {
        unsigned char byte = (unsigned char)*text;
        if (isprint(byte) && byte != '\\')
            line[length++] = (char)byte;
        else
            length += (size_t)snprintf(line + length, sizeof "\\xHH", "\\x%02x", byte);
    }
    line[length++] = '\n';
    write_line(line, length);
}

void status_pause(uint32_t id) {
    char line[32];
    write_line(line, (size_t)snprintf(line, sizeof line, "pause %" PRIu32 "\n", id));
}

void status_step(uint32_t id, int err, const char *detail) {
    char line[4 * DETAIL_BYTES + 64];
    size_t length = (size_t)snprintf(line, sizeof line, "step %" PRIu32 " %d ", id, err);
    write_with_text(line, sizeof line, length, detail);
}

void status_pid(pid_t pid, uint64_t start_ticks) {
    char line[64];
    write_line(line, (size_t)snprintf(line, sizeof line, "pid %d %" PRIu64 "\n", pid, start_ticks));
}

void status_running(void) {
    write_line("running\n", strlen("running\n"));
}

void status_failed(int64_t id, int err, const char *text) {
    char line[4 * DETAIL_BYTES + 64];
    size_t length = (size_t)snprintf(line, sizeof line, "failed %" PRId64 " %d ", id, err);
    write_with_text(line, sizeof line, length, text);
}

void status_exit(int code, int signal) {
    char line[64];
    write_line(line, (size_t)snprintf(line, sizeof line, "exit %d %d\n", code, signal));
}
