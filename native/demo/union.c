#include "demo.h"
#include "sys.h"
#include <fcntl.h>

/* Two branches are seen as one directory: A has a and x, B above it has b and x. */
int union_mount(int argc, char **argv) {
    static char names[256];
    static char text[256];
    const char *directory = argc > 0 ? argv[0] : "/union";
    long refused = SYS1(chdir, directory);
    if (refused < 0) {
        say("union: %s: errno %ld", directory, -refused);
        return 1;
    }
    say("%s has, from two branches: %s", directory, names_in(".", ANY_NAME, names, sizeof names));
    long length = read_file("x", text, sizeof text);
    if (length > 0) {
        text[length - 1] = 0; /* the end of its line */
        say("x, which both have, reads: %s", text);
    }
    write_file("a", "changed by the container\n");
    SYS3(unlinkat, AT_FDCWD, "b", 0);
    say("a is changed, b is deleted; now it has: %s", names_in(".", ANY_NAME, names, sizeof names));
    say("both branches are as they were: the change is a copy and the deletion a mark in the writable one");
    hold();
}
