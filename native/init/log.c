#include "log.h"

#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

static int format_time(char *text, size_t capacity) {
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    return snprintf(
        text, capacity, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
        utc.tm_hour, utc.tm_min, utc.tm_sec, now.tv_nsec
    );
}

static void write_entry(int log, const char *head, size_t head_length, const char *text, size_t length) {
    struct iovec parts[] = {{(void *)head, head_length}, {(void *)text, length}, {(void *)"\n", 1}};
    /* One write: the descriptor appends, so that entries of two streams do not mix. */
    if (writev(log, parts, 3) < 0)
        return;
}

void log_output(int log, int stream, const char *bytes, size_t length) {
    char when[64];
    format_time(when, sizeof when);
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t line = newline == NULL ? length : (size_t)(newline - bytes);
        char head[96];
        int head_length = snprintf(
            head, sizeof head, "%s %s %c ", when, stream == 1 ? "stdout" : "stderr", newline == NULL ? 'P' : 'F'
        );
        write_entry(log, head, (size_t)head_length, bytes, line);
        size_t consumed = line + (newline != NULL);
        bytes += consumed;
        length -= consumed;
    }
}
