/* What the demos have in common. Each demo is a function of its arguments that holds until it is told to end. */
#pragma once

#include <stdbool.h>

int burn(int argc, char **argv);
int forks(int argc, char **argv);
int hog(int argc, char **argv);
int http(int argc, char **argv);
int io(int argc, char **argv);
int tmp(int argc, char **argv);
int union_mount(int argc, char **argv);
int watch(int argc, char **argv);
int zombie(int argc, char **argv);

/* Writes one line to standard output: %s, %ld and %% only. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* A decimal number with an optional k, m or g (of 1024); `otherwise` for anything else. */
long number_of(const char *text, long otherwise);

enum wanted { ANY_NAME, NUMBERS };

/* The names in a directory but `.` and `..`, in the kernel's order, cut at `size`; "nothing" when there are none. */
const char *names_in(const char *directory, enum wanted wanted, char *text, long size);

/* Reads at most `size` - 1 bytes of a file and ends them with NUL. Bytes read, or -errno. */
long read_file(const char *path, char *text, long size);

/* Writes a file anew. 0 or -errno. */
long write_file(const char *path, const char *text);

/*
 * Ends this process on SIGTERM, SIGINT and SIGHUP, which the kernel keeps from a PID 1 without handlers; blocks
 * SIGUSR1, which pause_for() waits for; and yields to everybody else on the host.
 */
void settle(void);

/* Waits for that long, or for SIGUSR1: true when it came. A negative time never ends. */
bool pause_for(long milliseconds);

/* fork(2); the child does not outlive its parent. */
long split(void);

/* Waits to be told to end. */
__attribute__((noreturn)) void hold(void);

__attribute__((noreturn)) void leave(int status);
