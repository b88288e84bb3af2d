/*
 * What the seccomp filters of this process answer to system calls, as the kernel itself decides, without a call ever
 * being made. A filter on top of the others hands every marked call to a tracer; where an older filter refuses, its
 * answer is stronger and the tracer hears nothing.
 *
 * Reads lines "ABI NUMBER ARG0 ARG1 ARG2 ARG3 ARG4", ABI x64 or i386, all numbers hexadecimal. Writes for each line
 * "allow", "errno N" or "signal N". With an argument, first applies the filter in that file.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 1 << 16, MARK = 0x5ec0de };

enum verdict { UNKNOWN, ALLOW, ERRNO, SIGNAL };

struct query {
    int i386;
    uint32_t number;
    uint64_t args[5];
    enum verdict verdict;
    int value;
};

struct shared {
    size_t next, count;
    struct query queries[MOST];
};

static void fail(const char *what) {
    perror(what);
    exit(2);
}

static void apply(struct sock_fprog *program) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail("no_new_privs");
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) != 0)
        fail("seccomp");
}

static void apply_file(const char *path) {
    static struct sock_filter filter[4096];
    int file = open(path, O_RDONLY);
    ssize_t size = file < 0 ? -1 : read(file, filter, sizeof filter);
    if (size < 0)
        fail(path);
    close(file);
    apply(&(struct sock_fprog){.len = (unsigned short)(size / (ssize_t)sizeof *filter), .filter = filter});
}

static void trace_marked(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    apply(&(struct sock_fprog){.len = sizeof filter / sizeof *filter, .filter = filter});
}

static long call_x64(const struct query *q) {
    register uint64_t r10 __asm__("r10") = q->args[3], r8 __asm__("r8") = q->args[4], r9 __asm__("r9") = MARK;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"((uint64_t)q->number), "D"(q->args[0]), "S"(q->args[1]), "d"(q->args[2]), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static long call_i386(const struct query *q) {
    long result;
    __asm__ volatile("push %%rbp; mov %[mark], %%ebp; int $0x80; pop %%rbp"
                     : "=a"(result)
                     : "a"((uint64_t)q->number), "b"(q->args[0]), "c"(q->args[1]), "d"(q->args[2]), "S"(q->args[3]),
                       "D"(q->args[4]), [mark] "i"(MARK)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

static _Noreturn void ask_all(struct shared *shared) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
        fail("traceme");
    raise(SIGSTOP);
    trace_marked();
    for (; shared->next < shared->count; shared->next++) {
        struct query *q = &shared->queries[shared->next];
        long result = q->i386 ? call_i386(q) : call_x64(q);
        if (q->verdict == UNKNOWN) {
            q->verdict = ERRNO;
            q->value = (int)-result;
        }
    }
    _exit(0);
}

/* The call is not made: there is no call -1. */
static void skip_call(pid_t child) {
    if (ptrace(PTRACE_POKEUSER, child, offsetof(struct user_regs_struct, orig_rax), -1L) != 0)
        fail("skip");
}

/* Returns when the child has ended: after the last query or in the middle of one. */
static void follow(pid_t child, struct shared *shared) {
    for (int status, deliver = 0;;) {
        if (waitpid(child, &status, 0) != child)
            fail("wait");
        if (WIFEXITED(status))
            return;
        struct query *q = &shared->queries[shared->next];
        if (WIFSIGNALED(status)) {
            q->verdict = SIGNAL;
            q->value = WTERMSIG(status);
            shared->next++;
            return;
        }
        deliver = WSTOPSIG(status);
        if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) {
            q->verdict = ALLOW;
            skip_call(child);
            deliver = 0;
        } else if (deliver == SIGSTOP) {
            long options = PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
            if (ptrace(PTRACE_SETOPTIONS, child, 0, options) != 0)
                fail("options");
            deliver = 0;
        } else if (deliver == SIGSYS) {
            q->verdict = SIGNAL;
            q->value = SIGSYS;
            deliver = 0;
        }
        if (ptrace(PTRACE_CONT, child, 0, deliver) != 0)
            fail("continue");
    }
}

static void read_queries(struct shared *shared) {
    char line[256], abi[8];
    while (shared->count < MOST && fgets(line, sizeof line, stdin) != NULL) {
        struct query *q = &shared->queries[shared->count++];
        unsigned long long args[5];
        if (sscanf(
                line, "%7s %x %llx %llx %llx %llx %llx", abi, &q->number, &args[0], &args[1], &args[2], &args[3],
                &args[4]
            ) != 7)
            fail(line);
        q->i386 = strcmp(abi, "i386") == 0;
        for (int i = 0; i < 5; i++)
            q->args[i] = args[i];
    }
}

int main(int argc, char **argv) {
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        fail("mmap");
    read_queries(shared);
    if (argc > 1)
        apply_file(argv[1]);
    while (shared->next < shared->count) {
        pid_t child = fork();
        if (child < 0)
            fail("fork");
        if (child == 0)
            ask_all(shared);
        follow(child, shared);
    }
    for (size_t i = 0; i < shared->count; i++) {
        const struct query *q = &shared->queries[i];
        if (q->verdict == ALLOW)
            puts("allow");
        else
            printf("%s %d\n", q->verdict == SIGNAL ? "signal" : "errno", q->value);
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
