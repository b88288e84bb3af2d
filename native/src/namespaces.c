#include "../nsview.h"
#include "cleanup.h"
#include "halves.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* Linux 6.18; older headers lack it. */
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, uint64_t)
#endif

enum { UNTOLD = -1 };

static int64_t inode_of(int fd) {
    struct stat stat;
    return fstat(fd, &stat) < 0 ? UNTOLD : (int64_t)stat.st_ino;
}

/* The inode behind an ioctl that opens another namespace. EPERM (outside our view), EINVAL: normal ends. */
static int64_t related(int fd, unsigned long request) {
    scoped_fd other = ioctl(fd, request);
    return other < 0 ? UNTOLD : inode_of(other);
}

static int64_t creator(int user_namespace) {
    uid_t uid;
    return ioctl(user_namespace, NS_GET_OWNER_UID, &uid) < 0 ? UNTOLD : (int64_t)uid;
}

static int64_t unique_id(int fd) {
    uint64_t id;
    return ioctl(fd, NS_GET_ID, &id) < 0 ? UNTOLD : (int64_t)id;
}

static struct nsv_namespace facts_of(const char *path) {
    struct nsv_namespace facts = {.parent = UNTOLD, .owner = UNTOLD, .owner_uid = UNTOLD, .unique_id = UNTOLD};
    /* A bind mount's path may lead anywhere: O_NONBLOCK so that a FIFO cannot hold us. */
    scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int type = fd < 0 ? -1 : ioctl(fd, NS_GET_NSTYPE);
    if (type < 0) {
        facts.err = errno;
        return facts;
    }
    if (type == CLONE_NEWUSER || type == CLONE_NEWPID)
        facts.parent = related(fd, NS_GET_PARENT);
    scoped_fd owner = ioctl(fd, NS_GET_USERNS);
    if (owner >= 0)
        facts.owner = inode_of(owner);
    if (type == CLONE_NEWUSER)
        facts.owner_uid = creator(fd);
    else if (owner >= 0)
        facts.owner_uid = creator(owner);
    facts.unique_id = unique_id(fd);
    return facts;
}

struct asked {
    struct half half;
    const char *paths;
    struct nsv_namespace *facts;
};

static int32_t ask(struct half *half) {
    struct asked *asked = (struct asked *)half;
    const char *path = asked->paths;
    for (int32_t i = 0; i < half->count; i++, path += strlen(path) + 1)
        asked->facts[i] = facts_of(path);
    return half->count;
}

void nsv_namespaces(const char *paths, int32_t npaths, struct nsv_namespace *facts) {
    struct asked all = {.half = {.read = ask, .count = npaths}, .paths = paths, .facts = facts};
    if (!is_long(npaths)) {
        ask(&all.half);
        return;
    }
    struct asked second = all;
    all.half.count = npaths / 2;
    second.half.count = npaths - all.half.count;
    for (int32_t i = 0; i < all.half.count; i++)
        second.paths += strlen(second.paths) + 1;
    second.facts += all.half.count;
    read_halves(&all.half, &second.half);
}
