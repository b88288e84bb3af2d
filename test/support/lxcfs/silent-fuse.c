/* A FUSE under the name of lxcfs over /proc/meminfo that takes every request and answers none. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

int main(void) {
    static char request[1 << 20];
    char options[128];
    int fd = open("/dev/fuse", O_RDWR);
    snprintf(options, sizeof options, "fd=%d,rootmode=100444,user_id=0,group_id=0,allow_other", fd);
    if (fd < 0 || mount("lxcfs", "/proc/meminfo", "fuse.lxcfs", MS_NOSUID | MS_NODEV, options) < 0) {
        perror("fuse.lxcfs");
        return 1;
    }
    puts("mounted");
    fflush(stdout);
    for (;;)
        if (read(fd, request, sizeof request) < 0)
            return 1;
}
