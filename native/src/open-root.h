#pragma once

#include <fcntl.h>

/*
 * Opens, as O_PATH, a directory of two strings, each ended by NUL. The first is ours and opened as it is, magic links
 * included: `/proc/PID/root`; empty for none. The second is a stranger's text, below the first: of that no magic link
 * is followed, which could lead to a descriptor of ours or into another mount namespace. Returns it, or -errno.
 */
int open_root(const char *root);
