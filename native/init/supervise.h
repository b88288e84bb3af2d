#pragma once

#include "init.h"

/*
 * From the command's execution to its end: carries its streams, forwards signals, kills it when the launcher is gone.
 * Leaves run->code and run->signal.
 */
void supervise(struct run *run);
/*
 * Hands on what the command printed last. Who should read it may take its time, and the end of this process is the end
 * of the container for everybody: a child waits for the reader, with the launcher's descriptors, until that hangs up.
 */
void deliver_last_words(const struct run *run);
