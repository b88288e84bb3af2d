/* File systems made and configured by descriptor, fsopen(2) and after; nothing is mounted anywhere yet. */
#pragma once

#include "init.h"

/* name, value, name, value …; a bare word has the value "". 0 or -errno, with what the kernel says in run->detail. */
int filesystem_options(struct run *run, int context, const struct field *options);
int filesystem_set(struct run *run, int context, const char *name, const char *value);
/* A detached mount with MOUNT_ATTR_*. The descriptor, or -errno. */
int filesystem_mount(struct run *run, int context, uint64_t attributes);
/* Sets MOUNT_ATTR_* and a propagation (MS_*, or 0) on a mount, or on all of a tree. 0 or -errno. */
int mount_change(int mount, uint64_t attributes, uint64_t propagation, bool recursive);
/* Puts a detached mount where `target` is open. 0 or -errno. */
int attach(int mount, int target);
