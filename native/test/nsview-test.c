/* Runs under the address and undefined-behaviour sanitizers: `make -C native test`. */
#include "../nsview.h"
#include "expect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int failures;

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
    char path[64], link[64], expected[128];
    // A host may hold hundreds of namespaces by mounts.
    static char data[1 << 20];
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

static void an_unnamed_file_takes_the_place_of_another(void) {
    write_file("placed", "old");
    int file = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    must(file, "open");
    must((int)write(file, "new", 3), "write");
    EXPECT(nsv_put_in_place(file, "placed.draft", "placed") == 0);
    EXPECT(access("placed.draft", F_OK) < 0 && errno == ENOENT);
    struct stat named, held;
    EXPECT(stat("placed", &named) == 0 && fstat(file, &held) == 0 && named.st_ino == held.st_ino);
    EXPECT(nsv_put_in_place(-1, "placed.draft", "placed") == -ENOENT);
    close(file);
    file = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    must(file, "open");
    EXPECT(nsv_put_in_place(file, "placed.draft", "one") == -EISDIR);
    EXPECT(access("placed.draft", F_OK) < 0 && errno == ENOENT);
    close(file);
}

int main(void) {
    char work[] = "/tmp/nsview-test-XXXXXX";
    must(mkdtemp(work) == NULL ? -1 : 0, "mkdtemp");
    must(chdir(work), "chdir");
    EXPECT(nsv_version() == NSV_VERSION);
    groups_answer_in_order_and_tell_what_did_not_fit();
    an_unnamed_file_takes_the_place_of_another();
    of_kernel_threads_the_stat_alone_is_read();
    kept_files_say_when_their_process_ended();
    kept_files_that_say_the_same_are_not_written_again();
    long_batches_are_one_in_their_order();
    test_branches();
    the_clock_counts_from_the_boot();
    namespaces_tell_what_the_kernel_tells();
    namespaces_are_found_where_they_are_held();
    char remove[sizeof work + 16];
    snprintf(remove, sizeof remove, "rm -r '%s'", work);
    must(system(remove), "rm");
    printf("%s\n", failures == 0 ? "native tests passed" : "native tests FAILED");
    return failures == 0 ? 0 : 1;
}
