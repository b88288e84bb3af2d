/*
 * Attacks on a container's walls from within it, one a verb. Exits 0 where the attack came through, with the errno's
 * number where it was refused.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int came_of(long result) {
    return result < 0 ? errno : 0;
}

static int make_socket(const char *family) {
    return came_of(syscall(SYS_socket, strtoull(family, NULL, 0), SOCK_SEQPACKET, 0));
}

/* As if a person had typed it into the terminal that standard input is. */
static int type_into_terminal(const char *request) {
    char letter = 'x';
    return came_of(syscall(SYS_ioctl, 0, strtoull(request, NULL, 0), &letter));
}

/* getpid by the gate of 32-bit programs. */
static int call_i386(void) {
    int result = -ENOSYS;
#ifdef __x86_64__
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
#endif
    return result < 0 ? -result : 0;
}

/* In /dev, the only place where nodes work at all. */
static int open_device(const char *type, const char *major, const char *minor) {
    mode_t kind = *type == 'b' ? S_IFBLK : S_IFCHR;
    dev_t device = makedev((unsigned)atoi(major), (unsigned)atoi(minor));
    unlink("/dev/node");
    if (mknod("/dev/node", kind | 0666, device) < 0)
        return errno;
    int fd = open("/dev/node", O_RDONLY | O_NONBLOCK);
    return came_of(fd);
}

/* What was left open to us, one a line. */
static int list_descriptors(void) {
    for (int fd = 0; fd < 4096; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d\n", fd);
    }
    return 0;
}

/* A file by way of a descriptor of somebody else. */
static int read_at(const char *directory, const char *path) {
    char text[256];
    int fd = openat(atoi(directory), path, O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (length > 0)
        fwrite(text, 1, (size_t)length, stdout);
    return came_of(length);
}

/* Until we are ended, two names change places as fast as they can: what was looked at is not what is there. */
static int swap(const char *one, const char *other) {
    while (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0)
        continue;
    return errno;
}

int main(int argc, char **argv) {
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "socket") == 0 && argc > 2)
        return make_socket(argv[2]);
    if (strcmp(verb, "type") == 0 && argc > 2)
        return type_into_terminal(argv[2]);
    if (strcmp(verb, "i386") == 0)
        return call_i386();
    if (strcmp(verb, "unshare") == 0)
        return came_of(unshare(CLONE_NEWUSER));
    if (strcmp(verb, "clone3") == 0)
        return came_of(syscall(SYS_clone3, &(struct clone_args){.flags = CLONE_NEWUSER}, sizeof(struct clone_args)));
    if (strcmp(verb, "mount") == 0)
        return came_of(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
    if (strcmp(verb, "keyring") == 0)
        return came_of(syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3 /* KEY_SPEC_SESSION_KEYRING */, 0));
    if (strcmp(verb, "device") == 0 && argc > 4)
        return open_device(argv[2], argv[3], argv[4]);
    if (strcmp(verb, "swap") == 0 && argc > 3)
        return swap(argv[2], argv[3]);
    if (strcmp(verb, "descriptors") == 0)
        return list_descriptors();
    if (strcmp(verb, "read-at") == 0 && argc > 3)
        return read_at(argv[2], argv[3]);
    if (strcmp(verb, "uid") == 0) {
        printf("%d\n", geteuid());
        return 0;
    }
    fprintf(stderr, "attack: no such verb: %s\n", verb);
    return 200;
}
