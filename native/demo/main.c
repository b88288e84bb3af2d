/* nsview-demo: what the built-in demo containers do. Static, bounded in harm, and ended by SIGTERM though it is PID 1.
 */
#include "demo.h"
#include "sys.h"

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tbl begin\n");
#endif

static int sleep(int argc, char **argv) {
    (void)argc, (void)argv;
    hold();
}

static const struct {
    const char *name;
    const char *usage;
    int (*run)(int argc, char **argv);
} demos[] = {
    {"burn", "burn [THREADS]       loops without end in each of its threads", burn},
    {"forks", "forks [MOST]         makes processes until it is refused one, and asks again each second", forks},
    {"hog", "hog BYTES            takes that much memory and holds it; SIGUSR1: a child takes more, at most 256 MiB",
     hog},
    {"http", "http [PORT]          answers every request with one line", http},
    {"io", "io FILE              writes and reads a file of 8 MiB, one MiB a second", io},
    {"sleep", "sleep                waits to be told to end", sleep},
    {"tmp", "tmp [MILLISECONDS]   shows that a mount namespace alone changes nothing; SIGUSR1: again", tmp},
    {"union", "union DIRECTORY      changes DIRECTORY/a and deletes DIRECTORY/b", union_mount},
    {"watch", "watch PORT           asks a server on 127.0.0.1 every two seconds", watch},
    {"zombie", "zombie [COUNT]       leaves orphans that end unreaped", zombie},
};

enum { DEMOS = sizeof demos / sizeof demos[0] };

static bool is(const char *one, const char *other) {
    for (; *one == *other; one++, other++)
        if (*one == 0)
            return true;
    return false;
}

static int run(int argc, char **argv) {
    for (int at = 0; at < DEMOS; at++) {
        if (argc > 1 && is(argv[1], demos[at].name)) {
            settle();
            return demos[at].run(argc - 2, argv + 2);
        }
    }
    say("usage: nsview-demo COMMAND");
    for (int at = 0; at < DEMOS; at++)
        say("  %s", demos[at].usage);
    return 2;
}

/* `stack` as the kernel leaves it: the count of arguments, then the arguments. */
__attribute__((noreturn, used)) void begin(long *stack) {
    leave(run((int)stack[0], (char **)(stack + 1)));
}
