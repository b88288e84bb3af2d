#include "../src/cleanup.h"
#include "control.h"
#include "ops.h"
#include "overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* mount(2) takes one page, its last byte NUL. */
struct options {
    char text[4096];
    size_t length;
    bool full;
};

static void add(struct options *options, const char *text, const char *escaped) {
    for (; *text != '\0'; text++) {
        if (options->length + 3 > sizeof options->text) {
            options->full = true;
            return;
        }
        if (strchr(escaped, *text) != NULL)
            options->text[options->length++] = '\\';
        options->text[options->length++] = *text;
    }
    options->text[options->length] = '\0';
}

static void write_options(struct options *options, const struct field *fields) {
    const struct field *lowers = &fields[1];
    const struct field *others = &fields[4];
    add(options, "lowerdir=", "");
    for (uint64_t i = 0; i < lowers->number; i++) {
        add(options, i == 0 ? "" : ":", "");
        add(options, lowers->list[i], "\\:,");
    }
    add(options, ",upperdir=", "");
    add(options, fields[2].text, "\\,");
    add(options, ",workdir=", "");
    add(options, fields[3].text, "\\,");
    for (uint64_t i = 0; i + 1 < others->number; i += 2) {
        add(options, ",", "");
        add(options, others->list[i], "");
        add(options, others->list[i + 1][0] == '\0' ? "" : "=", "");
        add(options, others->list[i + 1], "\\,");
    }
}

/* Each mapped copy over the layer itself, where the overlay finds it by the layer's path. */
static int lay_mapped_copies(struct run *run, const struct field *lowers, int user_namespace) {
    for (uint64_t i = 0; user_namespace != NO_FD && i < lowers->number; i++) {
        scoped_fd tree = overlay_map_layer(run, lowers->list[i], user_namespace);
        if (tree < 0)
            return tree;
        if (move_mount(tree, "", AT_FDCWD, lowers->list[i], MOVE_MOUNT_F_EMPTY_PATH) < 0)
            return -errno;
    }
    return 0;
}

/* Over the upper directory, which is there and ours; the copy taken of it is what counts. */
static int mount_and_copy(struct run *run, const struct step *step, const char *options) {
    const char *place = step->fields[2].text;
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        return -errno;
    int err = lay_mapped_copies(run, &step->fields[1], slot_of(run, step, 5));
    if (err < 0)
        return err;
    if (mount("overlay", place, "overlay", MS_NODEV, options) < 0)
        return -errno;
    int tree = open_tree(AT_FDCWD, place, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    return tree < 0 ? -errno : tree;
}

int overlay_by_mount(struct run *run, const struct step *step) {
    struct options options = {0};
    write_options(&options, step->fields);
    if (options.full) {
        tell(run, "the paths of its layers do not fit one page, which this kernel needs");
        return -E2BIG;
    }
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    scoped_fd ours = ends[0];
    pid_t maker = fork();
    if (maker == 0) {
        int tree = mount_and_copy(run, step, options.text);
        control_send(ends[1], PACKET_STEP, step->id, tree < 0 ? -tree : 0, run->detail, tree < 0 ? NO_FD : tree);
        _exit(0);
    }
    close(ends[1]);
    if (maker < 0)
        return -errno;
    struct packet packet;
    int tree;
    int got = control_receive(ours, &packet, &tree);
    waitpid(maker, NULL, 0);
    if (got <= 0)
        return got < 0 ? got : -ECHILD;
    tell(run, "%s", packet.text);
    return packet.err != 0 ? -packet.err : tree;
}
