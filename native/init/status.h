/* The lines on descriptor 4; plan.h has their form. */
#pragma once

#include "init.h"

void status_pause(uint32_t id);
void status_step(uint32_t id, int err, const char *detail);
void status_pid(pid_t pid, uint64_t start_ticks);
void status_running(void);
void status_failed(int64_t id, int err, const char *text);
void status_exit(int code, int signal);
