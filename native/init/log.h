/*
 * What a command prints, as Kubernetes' container runtimes log it: a line
 *   2026-01-31T12:00:00.123456789Z stdout F TEXT
 * F is a whole line or the end of one, P a part that the next entry of the stream continues.
 *
 * When the log has LOG_BYTES it becomes PATH.1, in the place of the one before, and a new one is begun: a container
 * that prints on and on does not fill the disk. What is in the middle of a line stays together, within reason.
 */
#pragma once

#include <stddef.h>

enum { LOG_BYTES = 32 << 20 };

/* The one log of this helper: a descriptor that stays the same for as long as it runs, or -errno. */
int log_open(const char *path);

/* `stream` 1 or 2. What cannot be written is lost: the command does not stop for it. */
void log_output(int log, int stream, const char *bytes, size_t length);
