/* Paths within the container's root, as its own processes would resolve them; no link leads out. */
#pragma once

#include "init.h"

enum inside_links { LINKS_FOLLOWED, LINKS_REFUSED };

/* An O_PATH descriptor, or -errno; ELOOP for a refused link, and always for a magic one. */
int open_inside(int root, const char *path, enum inside_links links);

/* The same, made where missing: a directory with its parents, or an empty file with its parents. */
int make_inside(int root, const char *path, enum inside_links links, bool directory);
