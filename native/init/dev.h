/* The container's own /dev. */
#pragma once

#include "init.h"

/* An O_PATH descriptor of its /dev/null, checked to be that device and no link. -errno. */
int open_null(const struct run *run);
