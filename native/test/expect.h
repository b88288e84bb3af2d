#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern int failures;

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            failures++;                                                                                                \
        }                                                                                                              \
    } while (0)

static inline void must(int64_t result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(2);
    }
}

static inline void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    must(file == NULL ? -1 : 0, path);
    fputs(text, file);
    fclose(file);
}

/* Of branches.c, in the directory where it is called. */
void test_branches(void);
