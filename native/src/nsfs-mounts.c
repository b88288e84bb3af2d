#include "../nsview.h"
#include "cleanup.h"
#include "read-each.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* Linux 6.11, include/uapi/linux/mount.h and nsfs.h; older headers lack them. The numbers are every architecture's. */
#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif
#ifndef NS_GET_MNTNS_ID
#define NS_GET_MNTNS_ID _IOR(NSIO, 5, uint64_t)
#endif

enum { SB_BASIC = 0x1, MOUNT_ROOT = 0x8, MOUNT_POINT = 0x10 };
enum { NSFS = 0x6e736673, ROOT_MOUNTS = -1, IDS = 256 };

struct mount_request {
    uint32_t size;
    uint32_t spare;
    uint64_t mount;
    uint64_t param;
    uint64_t namespace;
};

/* struct statmount up to the strings, whose offsets count from the end. */
struct mount_facts {
    uint32_t size;
    uint32_t options;
    uint64_t mask;
    uint32_t major, minor;
    uint64_t magic;
    uint32_t superblock_flags;
    uint32_t type;
    uint64_t id[2];
    uint32_t old_id[2];
    uint64_t attributes[5];
    uint32_t root;
    uint32_t point;
    uint64_t spare[50];
    char strings[8192];
};

static int facts_of(uint64_t namespace, uint64_t mount, uint64_t mask, struct mount_facts *facts, size_t size) {
    struct mount_request request = {.size = sizeof request, .mount = mount, .param = mask, .namespace = namespace};
    return syscall(SYS_statmount, &request, facts, size, 0) < 0 ? -errno : 0;
}

static int32_t add_mount(struct sink *sink, uint64_t namespace, uint64_t mount) {
    struct mount_facts facts;
    int err = facts_of(namespace, mount, SB_BASIC, &facts, offsetof(struct mount_facts, strings));
    if (err < 0 || facts.magic != NSFS)
        return err == -ENOENT ? 0 : err;
    err = facts_of(namespace, mount, MOUNT_ROOT | MOUNT_POINT, &facts, sizeof facts);
    if (err < 0 || (facts.mask & MOUNT_POINT) == 0 || (facts.mask & MOUNT_ROOT) == 0)
        return err == -ENOENT ? 0 : err;
    return sink_pair(sink, facts.strings + facts.root, facts.strings + facts.point);
}

static int32_t add_mounts(struct sink *sink, const char *path) {
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    uint64_t namespace;
    if (fd < 0 || ioctl(fd, NS_GET_MNTNS_ID, &namespace) < 0)
        return -errno;
    int32_t total = 0;
    struct mount_request request = {.size = sizeof request, .mount = (uint64_t)ROOT_MOUNTS, .namespace = namespace};
    for (;;) {
        uint64_t ids[IDS];
        long count = syscall(SYS_listmount, &request, ids, IDS, 0);
        if (count < 0)
            return -errno;
        for (long i = 0; i < count; i++) {
            int32_t length = add_mount(sink, namespace, ids[i]);
            if (length < 0)
                return length;
            total += length;
        }
        if (count < IDS)
            return total;
        request.param = ids[count - 1];
    }
}

int32_t nsv_nsfs_mounts(const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths) {
    return read_each(add_mounts, paths, npaths, data, capacity, lengths);
}
