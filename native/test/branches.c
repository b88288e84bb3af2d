/* Roots of processes and branches of unions. */
#include "../nsview.h"
#include "expect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static int64_t inside(const char *path, char data[static 8], struct nsv_error *error) {
    memset(data, 0, 8);
    return nsv_read_inside("\0root", path, 0, 0, data, 8, error);
}

static void nothing_inside_a_root_leads_out_of_it(void) {
    must(mkdir("root", 0755), "mkdir");
    write_file("secret", "outside");
    write_file("root/secret", "inside");
    write_file("root/long", "0123456789");
    must(symlink("/secret", "root/absolute"), "symlink");
    must(symlink("../../../../../../secret", "root/up"), "symlink");
    must(symlink("loop", "root/loop"), "symlink");
    must(mkfifo("root/fifo", 0644), "mkfifo");
    char data[8];
    struct nsv_error error;
    const char *confined[] = {"secret", "/secret", "absolute", "up", "../secret", "/../../secret"};
    for (size_t i = 0; i < sizeof confined / sizeof *confined; i++)
        EXPECT(inside(confined[i], data, &error) == 6 && memcmp(data, "inside", 6) == 0);
    EXPECT(inside("long", data, &error) == 8 && memcmp(data, "01234567", 8) == 0);
    EXPECT(inside("loop", data, &error) == -ELOOP && error.step == NSV_STEP_OPEN);
    EXPECT(inside("fifo", data, &error) == -EBADFD && error.step == NSV_STEP_STAT);
    EXPECT(inside("/", data, &error) == -EISDIR && error.step == NSV_STEP_STAT);
    EXPECT(inside("none", data, &error) == -ENOENT && error.step == NSV_STEP_OPEN && error.err == ENOENT);
    EXPECT(nsv_read_inside("\0no-root", "x", 0, 0, data, 8, &error) == -ENOENT && error.step == NSV_STEP_ROOT);
    EXPECT(nsv_read_inside("\0/proc", "self/root/etc/hostname", 0, 0, data, 8, &error) == -ELOOP);
}

/* The strings of entry `i` of those that a call wrote. */
static const char *texts_of(const struct nsv_entry *entries, const char *texts, int32_t i) {
    return texts + (i == 0 ? 0 : entries[i - 1].texts_end);
}

static void make_branch(void) {
    must(mkdir("branch", 0755), "mkdir");
    must(mkdir("branch/d", 0751), "mkdir");
    write_file("branch/d/f", "12345");
    must(symlink("../../secret", "branch/d/link"), "symlink");
    must(symlink("d", "branch/to-d"), "symlink");
    must(mkfifo("branch/d/fifo", 0600), "mkfifo");
}

static void names_of_a_branch_come_with_what_they_are(void) {
    struct nsv_entry entries[4];
    char texts[NSV_LEAST_TEXTS];
    struct nsv_error error;
    const char names[] = "f\0none\0link\0fifo";
    EXPECT(nsv_read_names("\0branch", "/d", NSV_ASKED_TARGETS, names, 4, entries, texts, sizeof texts, &error) == 4);
    EXPECT(S_ISREG(entries[0].mode) && entries[0].size == 5 && entries[0].links == 1 && entries[0].err == 0);
    EXPECT(entries[1].err == ENOENT && entries[1].mode == 0);
    EXPECT(S_ISLNK(entries[2].mode) && entries[2].marks == NSV_MARK_TARGET);
    EXPECT(memcmp(texts_of(entries, texts, 2), "link\0../../secret", 18) == 0);
    EXPECT(S_ISFIFO(entries[3].mode) && strcmp(texts_of(entries, texts, 3), "fifo") == 0);
    int32_t fd = -1;
    EXPECT(nsv_read_directory("\0branch", "/", NSV_ASKED_KINDS, &fd, entries, 4, texts, sizeof texts, &error) == 2);
    for (int32_t i = 0; i < 2; i++) /* a directory is looked at, for it may be opaque; a link is not */
        EXPECT(
            S_ISDIR(entries[i].mode) ? entries[i].links > 1 && entries[i].marks == 0
                                     : S_ISLNK(entries[i].mode) && entries[i].marks == NSV_MARK_BARE
        );
    EXPECT(nsv_read_directory("\0branch", "/", NSV_ASKED_NAMES, &fd, entries, 4, texts, sizeof texts, &error) == 2);
    EXPECT(entries[0].links == 0 && entries[0].marks == NSV_MARK_BARE && entries[1].marks == NSV_MARK_BARE);
    /* Of "f", "none" and "link" with its target there are 25 bytes. */
    for (int64_t capacity = 0; capacity < 32; capacity++) {
        char *exact = malloc((size_t)capacity + 1);
        int32_t fits = capacity < 2 ? 0 : capacity < 7 ? 1 : capacity < 25 ? 2 : capacity < 30 ? 3 : 4;
        EXPECT(nsv_read_names("\0branch", "d", NSV_ASKED_TARGETS, names, 4, entries, exact, capacity, &error) == fits);
        free(exact);
    }
}

static void nothing_below_a_branch_leads_out_of_it(void) {
    struct nsv_entry entries[4];
    char texts[NSV_LEAST_TEXTS];
    char data[8];
    struct nsv_error error;
    const char *refused[] = {"to-d", "/d/link", "../branch", "d/../../branch", "/d/f", "/none"};
    const int errors[] = {-ELOOP, -ELOOP, -EXDEV, -EXDEV, -ENOTDIR, -ENOENT};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        int32_t fd = -1;
        EXPECT(
            nsv_read_directory("\0branch", refused[i], 0, &fd, entries, 4, texts, sizeof texts, &error) == errors[i]
        );
        EXPECT(fd == -1 && error.step == NSV_STEP_OPEN && error.err == -errors[i]);
    }
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        EXPECT(nsv_open_directory("\0branch", refused[i], &error) == errors[i] && error.step == NSV_STEP_OPEN);
    int opened = nsv_open_directory("\0branch", "/d", &error);
    struct stat named, held;
    EXPECT(stat("branch/d", &named) == 0 && fstat(opened, &held) == 0 && named.st_ino == held.st_ino);
    EXPECT(fcntl(opened, F_GETFD) == FD_CLOEXEC);
    close(opened);
    EXPECT(nsv_read_names("\0none", "/", 0, "f", 1, entries, texts, sizeof texts, &error) == -ENOENT);
    EXPECT(error.step == NSV_STEP_ROOT);
    EXPECT(nsv_read_names("\0/", "/proc/self", 0, "stat", 1, entries, texts, sizeof texts, &error) == -EXDEV);
    EXPECT(nsv_read_inside("\0branch", "/d/f", 1, 2, data, sizeof data, &error) == 3 && memcmp(data, "345", 3) == 0);
    EXPECT(nsv_read_inside("\0branch", "/d/link", 1, 0, data, sizeof data, &error) == -ELOOP);
    EXPECT(nsv_read_inside("\0branch", "/to-d/f", 1, 0, data, sizeof data, &error) == -ELOOP);
    EXPECT(nsv_read_inside("\0branch", "/d/fifo", 1, 0, data, sizeof data, &error) == -EBADFD);
}

static int64_t access_time(const char *path) {
    struct stat stat;
    must(lstat(path, &stat), "lstat");
    return stat.st_atim.tv_sec;
}

static void reading_leaves_the_time_of_access(void) {
    /* Older than a day: also with `relatime` a read would move it. */
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    char data[8];
    struct nsv_error error;
    must(utimensat(AT_FDCWD, "branch/d/f", old, 0), "utimensat");
    EXPECT(nsv_read_inside("\0branch", "/d/f", 1, 0, data, sizeof data, &error) == 5);
    EXPECT(access_time("branch/d/f") == 1000);
    if (geteuid() != 0) {
        printf("not root: reading what is another's is not tested\n");
        return;
    }
    must(chmod(".", 0755), "chmod");
    pid_t child = fork();
    must(child, "fork");
    if (child == 0) {
        must(setresuid(65534, 65534, 65534), "setresuid");
        int refused = open("branch/d/f", O_RDONLY | O_NOATIME | O_CLOEXEC) < 0 && errno == EPERM;
        _exit(refused && nsv_read_inside("\0branch", "/d/f", 1, 0, data, sizeof data, &error) == 5 ? 0 : 1);
    }
    int status;
    must(waitpid(child, &status, 0), "waitpid");
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (access_time("branch/d/f") == 1000)
        printf("this file system keeps no time of access: that it is left is not tested\n");
    must(chmod(".", 0700), "chmod");
}

/* The text of a branch comes from whoever mounted the union: here a descriptor of ours, and another mount namespace. */
static void no_text_of_a_stranger_leads_by_a_magic_link(void) {
    must(mkdir("ours", 0700), "mkdir");
    write_file("ours/f", "kept");
    must(symlink("../branch", "ours/short"), "symlink");
    int held = open("ours", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(held, "open");
    char paths[3][64];
    snprintf(paths[0], sizeof paths[0], "/proc/self/fd/%d", held);
    snprintf(paths[1], sizeof paths[1], "/proc/%d/cwd/ours", getpid());
    must(symlink(paths[0], "by-link"), "symlink");
    snprintf(paths[2], sizeof paths[2], "by-link");
    struct nsv_entry entry;
    char texts[NSV_LEAST_TEXTS], data[8];
    struct nsv_error error;
    for (size_t i = 0; i < 3; i++) {
        char stranger[80] = "", trusted[80] = "", naive[80];
        snprintf(stranger + 1, sizeof stranger - 1, "%s", paths[i]);
        int size = snprintf(trusted, sizeof trusted, "%s", paths[i]);
        trusted[size + 1] = '/';
        snprintf(naive, sizeof naive, "%s/f", paths[i]);
        EXPECT(access(naive, F_OK) == 0);
        EXPECT(nsv_read_names(stranger, "/", 0, "f", 1, &entry, texts, sizeof texts, &error) == -ELOOP);
        EXPECT(error.step == NSV_STEP_ROOT);
        EXPECT(nsv_read_inside(stranger, "/f", 1, 0, data, sizeof data, &error) == -ELOOP);
        EXPECT(nsv_read_inside(trusted, "/f", 1, 0, data, sizeof data, &error) == 4 && memcmp(data, "kept", 4) == 0);
    }
    /* A base is left by no link, and Docker's short links are followed. */
    EXPECT(nsv_read_inside("ours\0/short", "/d/f", 1, 0, data, sizeof data, &error) == -ENOENT);
    EXPECT(nsv_read_inside("ours\0../../branch", "/d/f", 1, 0, data, sizeof data, &error) == -ENOENT);
    EXPECT(nsv_read_inside("\0ours/short", "/d/f", 1, 0, data, sizeof data, &error) == 5);
    close(held);
}

static void a_long_directory_is_read_in_parts(void) {
    enum { FILES = 1500, PART = 100 };
    must(mkdir("branch/long", 0755), "mkdir");
    for (int i = 0; i < FILES; i++) {
        char name[64];
        snprintf(name, sizeof name, "branch/long/a-name-of-some-length-%d", i);
        write_file(name, "");
    }
    static struct nsv_entry entries[PART];
    char texts[NSV_LEAST_TEXTS];
    struct nsv_error error;
    static bool seen[FILES];
    int32_t fd = -1;
    int found = 0;
    do {
        int32_t count = nsv_read_directory("\0branch", "/long", 0, &fd, entries, PART, texts, sizeof texts, &error);
        EXPECT(count > 0 || fd < 0);
        for (int32_t i = 0; i < count; i++) {
            int number = -1;
            if (sscanf(texts_of(entries, texts, i), "a-name-of-some-length-%d", &number) == 1) {
                EXPECT(!seen[number]);
                seen[number] = true;
            }
        }
        found += count;
    } while (fd >= 0);
    EXPECT(found == FILES);
}

static void attributes_of_a_union_are_told(void) {
    if (setxattr("branch/d", "user.overlay.opaque", "y", 1, 0) < 0 && errno == ENOTSUP) {
        printf("no attributes of users here: their marks are not tested\n");
        return;
    }
    must(setxattr("branch/d", "user.overlay.redirect", "/elsewhere", 10, 0), "setxattr");
    must(setxattr("branch/d/f", "user.overlay.metacopy", "", 0, 0), "setxattr");
    struct nsv_entry entry;
    char texts[NSV_LEAST_TEXTS];
    struct nsv_error error;
    EXPECT(nsv_read_names("\0branch", "/", NSV_ASKED_USER, "d", 1, &entry, texts, sizeof texts, &error) == 1);
    EXPECT(entry.marks == (NSV_MARK_OPAQUE | NSV_MARK_REDIRECT) && memcmp(texts, "d\0/elsewhere", 13) == 0);
    EXPECT(nsv_read_names("\0branch", "/", NSV_ASKED_FUSE, "d", 1, &entry, texts, sizeof texts, &error) == 1);
    EXPECT(entry.marks == 0);
    int32_t asked = NSV_ASKED_USER | NSV_ASKED_FILES;
    EXPECT(nsv_read_names("\0branch", "/d", asked, "f", 1, &entry, texts, sizeof texts, &error) == 1);
    EXPECT(entry.marks == NSV_MARK_METACOPY);
}

void test_branches(void) {
    nothing_inside_a_root_leads_out_of_it();
    make_branch();
    names_of_a_branch_come_with_what_they_are();
    nothing_below_a_branch_leads_out_of_it();
    reading_leaves_the_time_of_access();
    no_text_of_a_stranger_leads_by_a_magic_link();
    a_long_directory_is_read_in_parts();
    attributes_of_a_union_are_told();
}
