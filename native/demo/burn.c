#include "demo.h"
#include "sys.h"
#include <linux/sched.h>

enum { MOST_THREADS = 64, STACK_BYTES = 4096 };

static _Alignas(16) char stacks[MOST_THREADS][STACK_BYTES];

__attribute__((noreturn, used)) static void loop(void) {
    for (volatile unsigned long turns = 0;; turns++)
        ;
}

/* A thread (clone(2)) that does nothing but loop(). Its id, or -errno. */
__attribute__((noinline)) static long start_thread(char *stack_end) {
    long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
#if defined(__x86_64__)
    long answer = __NR_clone;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\tcall *%[loop]\n1:"
                     : "+a"(answer)
                     : "D"(flags), "S"(stack_end), "d"(0L), "r"(r10), "r"(r8), [loop] "b"(loop)
                     : "rcx", "r11", "memory");
    return answer;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = __NR_clone;
    register long x0 __asm__("x0") = flags;
    register long x1 __asm__("x1") = (long)stack_end;
    register long x2 __asm__("x2") = 0;
    register long x3 __asm__("x3") = 0;
    register long x4 __asm__("x4") = 0;
    register void (*x9)(void) __asm__("x9") = loop;
    __asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tblr %[loop]\n1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [loop] "r"(x9)
                     : "x30", "memory");
    return x0;
#endif
}

int burn(int argc, char **argv) {
    long wanted = argc > 0 ? number_of(argv[0], 1) : 1;
    long threads = wanted > MOST_THREADS ? MOST_THREADS : wanted;
    for (long at = 1; at < threads; at++)
        if (start_thread(stacks[at] + STACK_BYTES) < 0)
            threads = at;
    say("looping without end in %ld thread(s): a whole CPU each, if nothing limits it", threads);
    loop();
}
