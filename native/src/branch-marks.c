#include "branch-marks.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* Whose attributes are asked for, by the bits of `asked`. */
static const struct {
    int32_t asked;
    const char *prefix;
} owners[] = {
    {NSV_ASKED_TRUSTED, "trusted.overlay."},
    {NSV_ASKED_USER, "user.overlay."},
    {NSV_ASKED_FUSE, "user.fuseoverlayfs."},
};

enum { OWNERS = sizeof owners / sizeof *owners };

/* One name, and the attributes that it has. */
struct marked {
    const char *path;
    const char *list;
    ssize_t listed; /* -1: there are too many to list, so that each has to be asked for */
    int32_t asked;
    char value[PATH_MAX];
};

/* Most names have no attribute at all, and that is known by one call. */
static bool is_listed(const struct marked *of, const char *attribute) {
    if (of->listed < 0)
        return true;
    for (ssize_t at = 0; at < of->listed; at += (ssize_t)strlen(of->list + at) + 1)
        if (strcmp(of->list + at, attribute) == 0)
            return true;
    return false;
}

static ssize_t value_of(struct marked *of, const char *attribute) {
    return is_listed(of, attribute) ? lgetxattr(of->path, attribute, of->value, sizeof of->value - 1) : -1;
}

/* The same of an attribute of the union's: of the first owner that has it. */
static ssize_t overlay_value(struct marked *of, const char *what) {
    for (size_t i = 0; i < OWNERS; i++) {
        char attribute[64];
        if ((of->asked & owners[i].asked) == 0)
            continue;
        snprintf(attribute, sizeof attribute, "%s%s", owners[i].prefix, what);
        ssize_t length = value_of(of, attribute);
        if (length >= 0)
            return length;
    }
    return -1;
}

static bool add_redirect(struct sink *texts, struct marked *of, struct nsv_entry *entry) {
    ssize_t length = overlay_value(of, "redirect");
    if (length <= 0 || memchr(of->value, '\0', (size_t)length) != NULL)
        return true;
    of->value[length] = '\0';
    entry->marks |= NSV_MARK_REDIRECT;
    return sink_string(texts, of->value) >= 0;
}

static bool add_capability(struct sink *texts, struct marked *of, struct nsv_entry *entry) {
    enum { MOST_BYTES = 64 }; /* capabilities(7): vfs_ns_cap_data has 24 */
    ssize_t length = value_of(of, "security.capability");
    if (length <= 0 || length > MOST_BYTES)
        return true;
    char text[2 * MOST_BYTES + 1];
    for (ssize_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", (unsigned char)of->value[i]);
    entry->marks |= NSV_MARK_CAPABILITY;
    return sink_string(texts, text) >= 0;
}

static bool add_target(struct sink *texts, int dir, const char *name, struct nsv_entry *entry) {
    int64_t before = texts->used;
    int32_t length = sink_link(texts, dir, name);
    if (length == SINK_FULL || texts->used == texts->capacity)
        return false;
    if (length < 0)
        return true;
    if (memchr(texts->data + before, '\0', (size_t)length) != NULL) {
        texts->used = before;
        return true;
    }
    texts->data[texts->used++] = '\0';
    entry->marks |= NSV_MARK_TARGET;
    return true;
}

static bool add_of_directory(struct sink *texts, struct marked *of, struct nsv_entry *entry) {
    if (overlay_value(of, "opaque") > 0)
        entry->marks |= of->value[0] == 'y' ? NSV_MARK_OPAQUE : of->value[0] == 'x' ? NSV_MARK_WHITEOUTS : 0;
    return add_redirect(texts, of, entry);
}

static bool add_of_file(struct sink *texts, struct marked *of, struct nsv_entry *entry) {
    if (entry->size == 0 && overlay_value(of, "whiteout") >= 0)
        entry->marks |= NSV_MARK_WHITEOUT;
    if (overlay_value(of, "metacopy") < 0)
        return true;
    entry->marks |= NSV_MARK_METACOPY;
    return add_redirect(texts, of, entry);
}

bool add_marks(struct sink *texts, int dir, const char *name, int32_t asked, struct nsv_entry *entry) {
    enum { EVERY_OWNER = NSV_ASKED_TRUSTED | NSV_ASKED_USER | NSV_ASKED_FUSE };
    if (S_ISLNK(entry->mode))
        return (asked & NSV_ASKED_TARGETS) == 0 || add_target(texts, dir, name, entry);
    bool directory = S_ISDIR(entry->mode) && (asked & EVERY_OWNER) != 0;
    bool file = S_ISREG(entry->mode) && (asked & (NSV_ASKED_FILES | NSV_ASKED_CAPABILITIES)) != 0;
    if (!directory && !file)
        return true;

    /* There are no calls for attributes relative to a directory before Linux 6.13; this path leads nowhere else. */
    char path[sizeof "/proc/self/fd/-2147483648/" + NAME_MAX];
    char list[1024];
    struct marked of = {.path = path, .list = list, .asked = asked};
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dir, name);
    of.listed = llistxattr(path, list, sizeof list);
    if (of.listed < 0 && errno != ERANGE && errno != E2BIG)
        return true;
    if (of.listed == 0)
        return true;
    if (directory)
        return add_of_directory(texts, &of, entry);
    if ((asked & NSV_ASKED_FILES) != 0 && !add_of_file(texts, &of, entry))
        return false;
    return (asked & NSV_ASKED_CAPABILITIES) == 0 || add_capability(texts, &of, entry);
}
