#include "log.h"
#include "../src/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static char log_path[PATH_MAX];
static off_t log_size;

static int open_log(void) {
    int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? -errno : fd;
}

int log_open(const char *path) {
    if (snprintf(log_path, sizeof log_path, "%s", path) >= (int)sizeof log_path)
        return -ENAMETOOLONG;
    return open_log();
}

/* Where a new one cannot be made, the old one goes on, under its later name, until it is as long once more. */
static void begin_anew(int log) {
    char old[PATH_MAX + 2];
    snprintf(old, sizeof old, "%s.1", log_path);
    log_size = 0;
    if (rename(log_path, old) < 0 && errno != ENOENT)
        return;
    scoped_fd fd = open_log();
    if (fd >= 0)
        dup3(fd, log, O_CLOEXEC);
}

static void write_entry(int log, const char *head, size_t head_length, const char *text, size_t length) {
    struct iovec parts[] = {{(void *)head, head_length}, {(void *)text, length}, {(void *)"\n", 1}};
    /* One write: the descriptor appends, so that entries of two streams do not mix. */
    ssize_t written = writev(log, parts, 3);
    log_size += written < 0 ? 0 : written;
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
        if (log_size >= (newline == NULL ? LOG_BYTES + LOG_BYTES / 8 : LOG_BYTES))
            begin_anew(log);
        size_t consumed = line + (newline != NULL);
        bytes += consumed;
        length -= consumed;
    }
}
