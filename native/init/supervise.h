#pragma once

#include "init.h"

/*
 * From the command's execution to its end: carries its streams, forwards signals, kills it when the launcher is gone.
 * Leaves run->code and run->signal.
 */
void supervise(struct run *run);
