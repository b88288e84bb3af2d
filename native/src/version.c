#include "../nsview.h"

int32_t nsv_version(void) {
    return NSV_VERSION;
}
