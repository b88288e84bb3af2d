/* The overlay of a container's root, as a detached mount: a descriptor, or -errno with run->detail. */
#pragma once

#include "init.h"

/* A copy of a layer's mount that shows the ids of a user namespace. */
int overlay_map_layer(struct run *run, const char *path, int user_namespace);

/*
 * By mount(2): for kernels that take no layers one by one, and for paths longer than fsconfig(2) takes. All the paths
 * together must fit one page. It is never seen on the host: another mount namespace makes it.
 */
int overlay_by_mount(struct run *run, const struct step *step);
