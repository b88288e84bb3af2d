#include "../nsview.h"
#include "cleanup.h"
#include "read-each.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

/* nsfs writes `net:[4026531840]`; pipes, sockets and anonymous inodes look alike. */
static int is_namespace(const char *link, size_t length) {
    static const char *const others[] = {"pipe:", "socket:", "anon_inode:"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(link, others[i], strlen(others[i])) == 0)
            return 0;
    return length > 2 && link[0] != '/' && strstr(link, ":[") != NULL;
}

static int32_t add_descriptor(struct sink *sink, int dir, const char *name) {
    char link[64];
    ssize_t length = name[0] == '.' ? -1 : readlinkat(dir, name, link, sizeof link - 1);
    if (length < 0)
        return 0;
    link[length] = '\0';
    return is_namespace(link, (size_t)length) ? sink_pair(sink, name, link) : 0;
}

static int32_t add_descriptors(struct sink *sink, const char *path) {
    scoped_fd dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -errno;
    int32_t total = 0;
    for (;;) {
        _Alignas(struct entry) char entries[8192];
        long size = syscall(SYS_getdents64, dir, entries, sizeof entries);
        if (size <= 0)
            return size < 0 ? -errno : total;
        for (long at = 0; at < size;) {
            const struct entry *entry = (const struct entry *)(entries + at);
            int32_t length = add_descriptor(sink, dir, entry->name);
            if (length == SINK_FULL)
                return length;
            total += length;
            at += entry->size;
        }
    }
}

int32_t nsv_nsfs_descriptors(const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths) {
    return read_each(add_descriptors, paths, npaths, data, capacity, lengths);
}
