/* Files of /proc/PID as the helper uses them. */
#pragma once

#include "init.h"

/* Field 22 of /proc/PID/stat. 0 or -errno. */
int proc_start_ticks(const struct run *run, pid_t pid, uint64_t *ticks);
/* Writes `text` in one write(2) to a file of /proc/PID. 0 or -errno. */
int proc_write(const struct run *run, pid_t pid, const char *name, const char *text);
/* Opens what a descriptor of ours refers to once more, to read or write it; it may be an O_PATH one. */
int proc_reopen(const struct run *run, int fd, int flags);
