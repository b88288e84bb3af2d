#pragma once

/* Returns 0 in a sealed copy of the program; executes one otherwise, with no environment. -errno. */
int seal_self(char **argv);
