/* One start from its plan to its end. */
#pragma once

#include "init.h"

/* Docker's: our failure, found but not executable, not found. */
enum { EXIT_OURS = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* Reads the plan from descriptor 3 and does it. The exit status: the command's own, 128 + its signal, or EXIT_*. */
int run_plan(void);
