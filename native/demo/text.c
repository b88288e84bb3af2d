#include "demo.h"
#include "sys.h"
#include <fcntl.h>
#include <linux/types.h>
#include <stdarg.h>

/* The compiler puts calls of these in by itself. */
void *memset(void *to, int byte, size_t count) {
    for (size_t at = 0; at < count; at++)
        ((volatile char *)to)[at] = (char)byte;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
    for (size_t at = 0; at < count; at++)
        ((volatile char *)to)[at] = ((const char *)from)[at];
    return to;
}

struct text {
    char *bytes;
    long size;
    long length;
};

/* What does not fit is left out. */
static void add(struct text *text, char sign) {
    if (text->length < text->size)
        text->bytes[text->length++] = sign;
}

static void add_text(struct text *text, const char *more) {
    for (; *more != 0; more++)
        add(text, *more);
}

static void add_number(struct text *text, long number) {
    char digits[20];
    int count = 0;
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        add(text, '-');
    while (count > 0)
        add(text, digits[--count]);
}

void say(const char *format, ...) {
    char bytes[1024];
    struct text line = {bytes, sizeof bytes - 1, 0};
    va_list values;
    va_start(values, format);
    for (; *format != 0; format++) {
        if (format[0] == '%' && format[1] == 's') {
            add_text(&line, va_arg(values, const char *));
            format += 1;
        } else if (format[0] == '%' && format[1] == 'l' && format[2] == 'd') {
            add_number(&line, va_arg(values, long));
            format += 2;
        } else {
            add(&line, *format);
            format += format[0] == '%';
        }
    }
    va_end(values);
    line.size += 1;
    add(&line, '\n');
    SYS3(write, 1, bytes, line.length);
}

long number_of(const char *text, long otherwise) {
    enum { MOST = 1 << 20 };
    long number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && number <= MOST; at++)
        number = number * 10 + (*at - '0');
    if (at == text || number > MOST)
        return otherwise;
    int shift = *at == 'k' ? 10 : *at == 'm' ? 20 : *at == 'g' ? 30 : 0;
    return at[shift > 0] == 0 ? number << shift : otherwise;
}

struct directory_entry {
    __u64 inode;
    __s64 offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

static bool is_dots(const char *name) {
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

const char *names_in(const char *directory, enum wanted wanted, char *text, long size) {
    _Alignas(struct directory_entry) char entries[2048];
    struct text names = {text, size - 1, 0};
    int fd = (int)SYS4(openat, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0)
        return "(not readable)";
    for (long got; (got = SYS3(getdents64, fd, entries, sizeof entries)) > 0;) {
        for (long at = 0; at < got;) {
            const struct directory_entry *entry = (const struct directory_entry *)(entries + at);
            at += entry->size;
            if (is_dots(entry->name) || (wanted == NUMBERS && (entry->name[0] < '0' || entry->name[0] > '9')))
                continue;
            if (names.length > 0)
                add(&names, ' ');
            add_text(&names, entry->name);
        }
    }
    SYS1(close, fd);
    text[names.length] = 0;
    return names.length == 0 ? "nothing" : text;
}

long read_file(const char *path, char *text, long size) {
    int fd = (int)SYS4(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long length = SYS3(read, fd, text, size - 1);
    SYS1(close, fd);
    text[length < 0 ? 0 : length] = 0;
    return length;
}

long write_file(const char *path, const char *text) {
    int fd = (int)SYS4(openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return fd;
    long length = 0;
    while (text[length] != 0)
        length += 1;
    long written = SYS3(write, fd, text, length);
    SYS1(close, fd);
    return written < 0 ? written : 0;
}
