/*
 * What a command prints, as Kubernetes' container runtimes log it: a line
 *   2026-01-31T12:00:00.123456789Z stdout F TEXT
 * F is a whole line or the end of one, P a part that the next entry of the stream continues.
 */
#pragma once

#include <stddef.h>

/* `stream` 1 or 2. What cannot be written is lost: the command does not stop for it. */
void log_output(int log, int stream, const char *bytes, size_t length);
