/* Reads the files that it is asked for, one path a line, and answers each with its length and its bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    static char line[4096], data[1 << 22];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        int fd = open(line, O_RDONLY);
        long length = fd < 0 ? -1 : 0;
        for (ssize_t more = 1; length >= 0 && more > 0; length += more) {
            more = read(fd, data + length, sizeof data - (size_t)length);
            if (more < 0)
                length = -2;
            if (more < 0)
                break;
        }
        if (fd >= 0)
            close(fd);
        printf("%ld\n", length);
        if (length > 0)
            fwrite(data, 1, (size_t)length, stdout);
        fflush(stdout);
    }
    return 0;
}
