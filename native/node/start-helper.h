/* Starts nsview-init and tells of it: what Node's own child processes do, without their fork and their streams. */
#pragma once

#include "node-api.h"

#include <stdint.h>
#include <sys/types.h>

struct start {
    const char *path;
    char *const *argv;
    int detached; /* a session of its own, and no standard streams of ours */
};

/*
 * Returns the process, or -errno. `control` is our end of its descriptor 3. Each text that it writes to its descriptor
 * 4 goes to `tell` as a string, on the event loop; its end as null, its exit status and the signal that ended it (else
 * 0). The event loop waits for that, or until `tell` answers true.
 */
pid_t start_helper(napi_env env, const struct start *start, napi_value tell, int32_t *control);
