#pragma once

#include <sys/types.h>

/*
 * What PID 1 owes the others, for a command that does not know it: reaps every orphan and hands signals on. Returns the
 * command's status as exit(3) takes it, 128 + n where a signal ended it.
 */
int be_pid_one(pid_t command);
