/* Runs under the address and undefined-behaviour sanitizers: `make -C native test`. */
#include "../nsview.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static int failures;

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            failures++;                                                                                                \
        }                                                                                                              \
    } while (0)

static void must(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(2);
    }
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    must(file == NULL ? -1 : 0, path);
    fputs(text, file);
    fclose(file);
}

static void groups_answer_in_order_and_tell_what_did_not_fit(void) {
    must(mkdir("one", 0755), "mkdir");
    write_file("one/a", "first");
    write_file("one/b", "");
    must(symlink("mnt:[1]", "one/l"), "symlink");
    const char dirs[] = "one\0absent\0one";
    const char files[] = "a\0b\0c";
    int32_t lengths[12];
    int32_t errors[3];
    char data[64];
    EXPECT(nsv_read_groups(dirs, 3, files, 3, "l", 1, 0, data, sizeof data, lengths, errors) == 3);
    EXPECT(errors[0] == 0 && errors[1] == ENOENT && errors[2] == 0);
    const int32_t expected[12] = {5, 0, -ENOENT, 7, -ENOENT, -ENOENT, -ENOENT, -ENOENT, 5, 0, -ENOENT, 7};
    EXPECT(memcmp(lengths, expected, sizeof expected) == 0);
    EXPECT(memcmp(data, "firstmnt:[1]firstmnt:[1]", 24) == 0);
    for (int64_t capacity = 0; capacity < 40; capacity++) {
        char *exact = malloc((size_t)capacity + 1);
        int32_t done = nsv_read_groups(dirs, 3, files, 3, "l", 1, 0, exact, capacity, lengths, errors);
        EXPECT(done == (capacity < 13 ? 0 : capacity < 25 ? 2 : 3));
        free(exact);
    }
}

static void of_kernel_threads_the_stat_alone_is_read(void) {
    must(mkdir("user", 0755), "mkdir");
    must(mkdir("thread", 0755), "mkdir");
    write_file("user/stat", "7 (a) S 2 2097152) S 1 1 1 0 -1 4194560 1");
    write_file("thread/stat", "8 (k) 0 (x) S 2 0 0 0 -1 69238880 0");
    must(symlink("mnt:[1]", "user/l"), "symlink");
    must(symlink("mnt:[1]", "thread/l"), "symlink");
    int32_t lengths[4];
    int32_t errors[2];
    char data[128];
    EXPECT(nsv_read_groups("user\0thread", 2, "stat", 1, "l", 1, 1, data, sizeof data, lengths, errors) == 2);
    EXPECT(lengths[0] == 41 && lengths[1] == 7 && lengths[2] == 35 && lengths[3] == -ENODATA);
    EXPECT(nsv_read_groups("user\0thread", 2, "stat", 1, "l", 1, 0, data, sizeof data, lengths, errors) == 2);
    EXPECT(lengths[3] == 7);
}

static void kept_files_say_when_their_process_ended(void) {
    pid_t child = fork();
    if (child == 0)
        pause();
    char paths[64];
    int length = snprintf(paths, sizeof paths, "/proc/%d/stat", child);
    snprintf(paths + length + 1, sizeof paths - (size_t)length - 1, "one/a");
    int32_t fds[] = {NSV_OPEN_AND_KEEP, NSV_SKIP, NSV_OPEN_ONCE};
    int32_t lengths[3];
    char data[4096], texts[1024];
    struct nsv_known known[3] = {{0, 1019, -1}, {0, 0, -1}, {1019, 5, -1}};
    EXPECT(nsv_read_kept(fds, 3, paths, texts, known, data, sizeof data, lengths) == 3);
    EXPECT(fds[0] >= 0 && fds[1] == NSV_SKIP && fds[2] == NSV_OPEN_ONCE);
    EXPECT(lengths[0] > 0 && lengths[1] == 0 && lengths[2] == 5);
    EXPECT(nsv_read_kept(fds, 1, "", texts, known, data, 10, lengths) == 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    EXPECT(nsv_read_kept(fds, 1, "", texts, known, data, sizeof data, lengths) == 1);
    EXPECT(lengths[0] == -ESRCH);
    close(fds[0]);
    int32_t absent[] = {NSV_OPEN_AND_KEEP};
    EXPECT(nsv_read_kept(absent, 1, "one/none", texts, known, data, sizeof data, lengths) == 1);
    EXPECT(absent[0] == NSV_OPEN_AND_KEEP && lengths[0] == -ENOENT);
}

static void kept_files_that_say_the_same_are_not_written_again(void) {
    write_file("one/x", "12345");
    write_file("one/y", "abc");
    int32_t fds[] = {NSV_OPEN_AND_KEEP, NSV_OPEN_AND_KEEP, NSV_OPEN_AND_KEEP};
    int32_t lengths[3];
    char data[64], texts[8];
    struct nsv_known known[3] = {{0, 5, -1}, {5, 3, -1}, {8, 0, -1}};
    EXPECT(nsv_read_kept(fds, 3, "one/x\0one/y\0one/b", texts, known, data, sizeof data, lengths) == 3);
    EXPECT(lengths[0] == 5 && lengths[1] == 3 && lengths[2] == 0 && memcmp(data, "12345abc", 8) == 0);
    EXPECT(known[0].length == 5 && known[1].length == 3 && memcmp(texts, "12345abc", 8) == 0);
    EXPECT(nsv_read_kept(fds, 3, "", texts, known, data, sizeof data, lengths) == 3);
    EXPECT(lengths[0] == NSV_SAME && lengths[1] == NSV_SAME && lengths[2] == NSV_SAME);
    write_file("one/x", "12346");
    write_file("one/y", "abcd");
    EXPECT(nsv_read_kept(fds, 3, "", texts, known, data, sizeof data, lengths) == 3);
    EXPECT(lengths[0] == 5 && lengths[1] == 4 && lengths[2] == NSV_SAME && memcmp(data, "12346abcd", 9) == 0);
    EXPECT(known[0].length == 5 && known[1].length == -1 && memcmp(texts, "12346abc", 8) == 0);
    EXPECT(nsv_read_kept(fds, 2, "", texts, known, data, sizeof data, lengths) == 2);
    EXPECT(lengths[0] == NSV_SAME && lengths[1] == 4);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
}

static void long_batches_are_one_in_their_order(void) {
    enum { MANY = 301 };
    static char dirs[MANY * 8];
    static int32_t lengths[MANY * 2], errors[MANY], fds[MANY];
    static struct nsv_known known[MANY];
    char data[MANY * 8 * 2], *end = dirs;
    for (int i = 0; i < MANY; i++) {
        char name[16];
        end += sprintf(end, "m%03d/a", i) + 1;
        snprintf(name, sizeof name, "m%03d", i);
        must(mkdir(name, 0755), "mkdir");
        write_file(end - 7, i == 200 ? "" : end - 7);
        known[i] = (struct nsv_known){.length = -1};
        fds[i] = i == 77 ? NSV_SKIP : i % 2 ? NSV_OPEN_ONCE : NSV_OPEN_AND_KEEP;
    }
    memmove(dirs + 77 * 7, dirs + 78 * 7, (MANY - 78) * 7);
    EXPECT(nsv_read_kept(fds, MANY, dirs, NULL, known, data, sizeof data, lengths) == MANY);
    EXPECT(lengths[77] == 0 && lengths[76] == 6 && lengths[200] == 0 && lengths[300] == 6);
    EXPECT(memcmp(data, "m000/am001/a", 12) == 0 && memcmp(data + 6 * (MANY - 3), "m300/a", 6) == 0);
    EXPECT(fds[300] >= 0 && fds[299] == NSV_OPEN_ONCE);
    EXPECT(nsv_read_kept(fds, MANY, dirs + 7, NULL, known, data, 62, lengths) == 5);
    for (int i = 0; i < MANY; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    end = dirs;
    for (int i = 0; i < MANY; i++)
        end += sprintf(end, "m%03d", i == 250 ? 999 : i) + 1;
    EXPECT(nsv_read_groups(dirs, MANY, "a\0b", 2, "", 0, 0, data, sizeof data, lengths, errors) == MANY);
    EXPECT(lengths[0] == 6 && lengths[1] == -ENOENT && lengths[500] == -ENOENT && lengths[600] == 6);
    EXPECT(errors[250] == ENOENT && errors[249] == 0 && memcmp(data + 6 * (MANY - 3), "m300/a", 6) == 0);
    EXPECT(nsv_read_groups(dirs, MANY, "a\0b", 2, "", 0, 0, data, 62, lengths, errors) == 5);
}

static int64_t inside(const char *path, char data[static 8], struct nsv_error *error) {
    memset(data, 0, 8);
    return nsv_read_inside("root", path, 0, 0, data, 8, error);
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
    EXPECT(nsv_read_inside("no-root", "x", 0, 0, data, 8, &error) == -ENOENT && error.step == NSV_STEP_ROOT);
    EXPECT(nsv_read_inside("/proc", "self/root/etc/hostname", 0, 0, data, 8, &error) == -ELOOP);
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
    EXPECT(nsv_read_names("branch", "/d", NSV_ASKED_TARGETS, names, 4, entries, texts, sizeof texts, &error) == 4);
    EXPECT(S_ISREG(entries[0].mode) && entries[0].size == 5 && entries[0].links == 1 && entries[0].err == 0);
    EXPECT(entries[1].err == ENOENT && entries[1].mode == 0);
    EXPECT(S_ISLNK(entries[2].mode) && entries[2].marks == NSV_MARK_TARGET);
    EXPECT(memcmp(texts_of(entries, texts, 2), "link\0../../secret", 18) == 0);
    EXPECT(S_ISFIFO(entries[3].mode) && strcmp(texts_of(entries, texts, 3), "fifo") == 0);
    int32_t fd = -1;
    EXPECT(nsv_read_directory("branch", "/", NSV_ASKED_KINDS, &fd, entries, 4, texts, sizeof texts, &error) == 2);
    for (int32_t i = 0; i < 2; i++) /* a directory is looked at, for it may be opaque; a link is not */
        EXPECT(
            S_ISDIR(entries[i].mode) ? entries[i].links > 1 && entries[i].marks == 0
                                     : S_ISLNK(entries[i].mode) && entries[i].marks == NSV_MARK_BARE
        );
    EXPECT(nsv_read_directory("branch", "/", NSV_ASKED_NAMES, &fd, entries, 4, texts, sizeof texts, &error) == 2);
    EXPECT(entries[0].links == 0 && entries[0].marks == NSV_MARK_BARE && entries[1].marks == NSV_MARK_BARE);
    /* Of "f", "none" and "link" with its target there are 25 bytes. */
    for (int64_t capacity = 0; capacity < 32; capacity++) {
        char *exact = malloc((size_t)capacity + 1);
        int32_t fits = capacity < 2 ? 0 : capacity < 7 ? 1 : capacity < 25 ? 2 : capacity < 30 ? 3 : 4;
        EXPECT(nsv_read_names("branch", "d", NSV_ASKED_TARGETS, names, 4, entries, exact, capacity, &error) == fits);
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
        EXPECT(nsv_read_directory("branch", refused[i], 0, &fd, entries, 4, texts, sizeof texts, &error) == errors[i]);
        EXPECT(fd == -1 && error.step == NSV_STEP_OPEN && error.err == -errors[i]);
    }
    EXPECT(nsv_read_names("none", "/", 0, "f", 1, entries, texts, sizeof texts, &error) == -ENOENT);
    EXPECT(error.step == NSV_STEP_ROOT);
    EXPECT(nsv_read_names("/", "/proc/self", 0, "stat", 1, entries, texts, sizeof texts, &error) == -EXDEV);
    EXPECT(nsv_read_inside("branch", "/d/f", 1, 2, data, sizeof data, &error) == 3 && memcmp(data, "345", 3) == 0);
    EXPECT(nsv_read_inside("branch", "/d/link", 1, 0, data, sizeof data, &error) == -ELOOP);
    EXPECT(nsv_read_inside("branch", "/to-d/f", 1, 0, data, sizeof data, &error) == -ELOOP);
    EXPECT(nsv_read_inside("branch", "/d/fifo", 1, 0, data, sizeof data, &error) == -EBADFD);
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
        int32_t count = nsv_read_directory("branch", "/long", 0, &fd, entries, PART, texts, sizeof texts, &error);
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
    EXPECT(nsv_read_names("branch", "/", NSV_ASKED_USER, "d", 1, &entry, texts, sizeof texts, &error) == 1);
    EXPECT(entry.marks == (NSV_MARK_OPAQUE | NSV_MARK_REDIRECT) && memcmp(texts, "d\0/elsewhere", 13) == 0);
    EXPECT(nsv_read_names("branch", "/", NSV_ASKED_FUSE, "d", 1, &entry, texts, sizeof texts, &error) == 1);
    EXPECT(entry.marks == 0);
    int32_t asked = NSV_ASKED_USER | NSV_ASKED_FILES;
    EXPECT(nsv_read_names("branch", "/d", asked, "f", 1, &entry, texts, sizeof texts, &error) == 1);
    EXPECT(entry.marks == NSV_MARK_METACOPY);
}

static void namespaces_tell_what_the_kernel_tells(void) {
    struct nsv_namespace facts[4];
    nsv_namespaces("/proc/self/ns/user\0/proc/self/ns/uts\0one/a\0one/none", 4, facts);
    struct stat user;
    must(stat("/proc/self/ns/user", &user), "stat");
    EXPECT(facts[0].err == 0 && facts[0].owner_uid >= 0);
    EXPECT(facts[1].err == 0 && facts[1].parent == -1);
    EXPECT(facts[1].owner == (int64_t)user.st_ino || facts[1].owner == -1);
    EXPECT(facts[2].err == ENOTTY && facts[2].owner == -1);
    EXPECT(facts[3].err == ENOENT && facts[3].unique_id == -1);
    enum { MANY = 200 };
    static char paths[MANY * 20], *end = paths;
    static struct nsv_namespace many[MANY];
    for (int i = 0; i < MANY; i++)
        end += sprintf(end, i % 2 == 0 ? "one/none" : "/proc/self/ns/uts") + 1;
    nsv_namespaces(paths, MANY, many);
    for (int i = 0; i < MANY; i++)
        EXPECT(i % 2 == 0 ? many[i].err == ENOENT : many[i].owner == facts[1].owner);
}

static void the_clock_counts_from_the_boot(void) {
    struct timespec before, after;
    clock_gettime(CLOCK_BOOTTIME, &before);
    int64_t now = nsv_boot_us();
    clock_gettime(CLOCK_BOOTTIME, &after);
    EXPECT(now >= before.tv_sec * 1000000 + before.tv_nsec / 1000);
    EXPECT(now <= after.tv_sec * 1000000 + after.tv_nsec / 1000);
}

static void namespaces_are_found_where_they_are_held(void) {
    char path[64], link[64], expected[128], data[4096];
    int32_t lengths[2];
    int held = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
    must(held, "open");
    ssize_t length = readlink("/proc/self/ns/uts", link, sizeof link - 1);
    must((int)length, "readlink");
    link[length] = '\0';
    int size = snprintf(path, sizeof path, "%d", held);
    memcpy(expected, path, (size_t)size + 1);
    memcpy(expected + size + 1, link, (size_t)length + 1);
    const char dirs[] = "/proc/self/fd\0one/none";
    EXPECT(nsv_nsfs_descriptors(dirs, 2, data, sizeof data, lengths) == 2);
    EXPECT(lengths[0] == size + length + 2 && memcmp(data, expected, (size_t)lengths[0]) == 0);
    EXPECT(lengths[1] == -ENOENT);
    EXPECT(nsv_nsfs_descriptors(dirs, 2, data, size + length + 1, lengths) == 0);
    close(held);
    EXPECT(nsv_nsfs_mounts("one/none\0/proc/self/ns/mnt", 2, data, sizeof data, lengths) == 2);
    EXPECT(lengths[0] == -ENOENT);
    EXPECT(lengths[1] >= 0 || lengths[1] == -ENOTTY || lengths[1] == -ENOSYS || lengths[1] == -EPERM);
}

int main(void) {
    char work[] = "/tmp/nsview-test-XXXXXX";
    must(mkdtemp(work) == NULL ? -1 : 0, "mkdtemp");
    must(chdir(work), "chdir");
    EXPECT(nsv_version() == NSV_VERSION);
    groups_answer_in_order_and_tell_what_did_not_fit();
    of_kernel_threads_the_stat_alone_is_read();
    kept_files_say_when_their_process_ended();
    kept_files_that_say_the_same_are_not_written_again();
    long_batches_are_one_in_their_order();
    nothing_inside_a_root_leads_out_of_it();
    make_branch();
    names_of_a_branch_come_with_what_they_are();
    nothing_below_a_branch_leads_out_of_it();
    a_long_directory_is_read_in_parts();
    attributes_of_a_union_are_told();
    the_clock_counts_from_the_boot();
    namespaces_tell_what_the_kernel_tells();
    namespaces_are_found_where_they_are_held();
    char remove[sizeof work + 16];
    snprintf(remove, sizeof remove, "rm -r '%s'", work);
    must(system(remove), "rm");
    printf("%s\n", failures == 0 ? "native tests passed" : "native tests FAILED");
    return failures == 0 ? 0 : 1;
}
