/*
 * Makes libnsview.so a module of Node's: each function of nsview.h under its name, a pointer being a typed array, and
 * start_helper as startHelper.
 */
#include "../nsview.h"
#include "node-api.h"
#include "start-helper.h"

#include <stdbool.h>
#include <string.h>

enum { MOST_ARGUMENTS = 11, MOST_WORDS = 8 };

/* The arguments of one call, taken one after the other; `wrong` as soon as one is not what it should be. */
struct arguments {
    napi_env env;
    napi_value values[MOST_ARGUMENTS];
    size_t count;
    size_t next;
    bool wrong;
};

static struct arguments arguments_of(napi_env env, napi_callback_info info) {
    struct arguments these = {.env = env, .count = MOST_ARGUMENTS};
    these.wrong = napi_get_cb_info(env, info, &these.count, these.values, NULL, NULL) != 0;
    return these;
}

static void *array(struct arguments *from) {
    void *data = NULL;
    if (from->wrong || from->next >= from->count ||
        napi_get_typedarray_info(from->env, from->values[from->next], NULL, NULL, &data, NULL, NULL) != 0)
        from->wrong = true;
    from->next += 1;
    return data;
}

static int64_t number(struct arguments *from) {
    int64_t value = 0;
    if (from->wrong || from->next >= from->count ||
        napi_get_value_int64(from->env, from->values[from->next], &value) != 0)
        from->wrong = true;
    from->next += 1;
    return value;
}

static napi_value any(struct arguments *from) {
    napi_value value = from->next < from->count ? from->values[from->next] : NULL;
    from->wrong = from->wrong || value == NULL;
    from->next += 1;
    return value;
}

static napi_value refuse(napi_env env) {
    napi_throw_type_error(env, NULL, "libnsview was called with wrong arguments");
    return NULL;
}

static napi_value answer(napi_env env, int64_t value) {
    napi_value result = NULL;
    napi_create_int64(env, value, &result);
    return result;
}

static napi_value boot_us(napi_env env, napi_callback_info info) {
    (void)info;
    return answer(env, nsv_boot_us());
}

static napi_value read_groups(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *dirs = array(&these);
    int32_t ndirs = (int32_t)number(&these);
    const char *files = array(&these);
    int32_t nfiles = (int32_t)number(&these);
    const char *links = array(&these);
    int32_t nlinks = (int32_t)number(&these);
    int32_t users_only = (int32_t)number(&these);
    char *data = array(&these);
    int64_t capacity = number(&these);
    int32_t *lengths = array(&these);
    int32_t *dir_errors = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(
        env, nsv_read_groups(dirs, ndirs, files, nfiles, links, nlinks, users_only, data, capacity, lengths, dir_errors)
    );
}

static napi_value read_kept(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    int32_t *fds = array(&these);
    int32_t nfds = (int32_t)number(&these);
    const char *paths = array(&these);
    char *texts = array(&these);
    struct nsv_known *known = array(&these);
    char *data = array(&these);
    int64_t capacity = number(&these);
    int32_t *lengths = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, nsv_read_kept(fds, nfds, paths, texts, known, data, capacity, lengths));
}

static napi_value read_inside(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *root = array(&these);
    const char *path = array(&these);
    int32_t no_links = (int32_t)number(&these);
    int64_t at = number(&these);
    char *data = array(&these);
    int64_t capacity = number(&these);
    struct nsv_error *error = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, nsv_read_inside(root, path, no_links, at, data, capacity, error));
}

static napi_value open_directory(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *root = array(&these);
    const char *path = array(&these);
    struct nsv_error *error = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, nsv_open_directory(root, path, error));
}

static napi_value read_directory(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *root = array(&these);
    const char *path = array(&these);
    int32_t asked = (int32_t)number(&these);
    int32_t *fd = array(&these);
    struct nsv_entry *entries = array(&these);
    int32_t most = (int32_t)number(&these);
    char *texts = array(&these);
    int64_t capacity = number(&these);
    struct nsv_error *error = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, nsv_read_directory(root, path, asked, fd, entries, most, texts, capacity, error));
}

static napi_value read_names(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *root = array(&these);
    const char *path = array(&these);
    int32_t asked = (int32_t)number(&these);
    const char *names = array(&these);
    int32_t nnames = (int32_t)number(&these);
    struct nsv_entry *entries = array(&these);
    char *texts = array(&these);
    int64_t capacity = number(&these);
    struct nsv_error *error = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, nsv_read_names(root, path, asked, names, nnames, entries, texts, capacity, error));
}

static napi_value find_pairs(
    napi_env env, napi_callback_info info,
    int32_t (*find)(const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths)
) {
    struct arguments these = arguments_of(env, info);
    const char *paths = array(&these);
    int32_t npaths = (int32_t)number(&these);
    char *data = array(&these);
    int64_t capacity = number(&these);
    int32_t *lengths = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, find(paths, npaths, data, capacity, lengths));
}

static napi_value nsfs_mounts(napi_env env, napi_callback_info info) {
    return find_pairs(env, info, nsv_nsfs_mounts);
}

static napi_value nsfs_descriptors(napi_env env, napi_callback_info info) {
    return find_pairs(env, info, nsv_nsfs_descriptors);
}

static napi_value namespaces(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *paths = array(&these);
    int32_t npaths = (int32_t)number(&these);
    struct nsv_namespace *facts = array(&these);
    if (these.wrong)
        return refuse(env);
    nsv_namespaces(paths, npaths, facts);
    return NULL;
}

static napi_value put_in_place(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    int32_t fd = (int32_t)number(&these);
    const char *draft = array(&these);
    const char *path = array(&these);
    if (these.wrong)
        return refuse(env);
    return answer(env, nsv_put_in_place(fd, draft, path));
}

static napi_value start(napi_env env, napi_callback_info info) {
    struct arguments these = arguments_of(env, info);
    const char *path = array(&these);
    char *words = array(&these);
    int64_t nwords = number(&these);
    int detached = number(&these) != 0;
    napi_value tell = any(&these);
    int32_t *control = array(&these);
    if (these.wrong || nwords < 1 || nwords > MOST_WORDS)
        return refuse(env);
    char *argv[MOST_WORDS + 1] = {NULL};
    for (int64_t i = 0; i < nwords; i++) {
        argv[i] = words;
        words += strlen(words) + 1;
    }
    struct start these_words = {.path = path, .argv = argv, .detached = detached};
    return answer(env, start_helper(env, &these_words, tell, control));
}

static void provide(napi_env env, napi_value exports, const char *name, napi_callback call) {
    napi_value function;
    if (napi_create_function(env, name, SIZE_MAX, call, NULL, &function) == 0)
        napi_set_named_property(env, exports, name, function);
}

/* Node looks for these two names. */
NSV_API int32_t node_api_module_get_api_version_v1(void);
NSV_API napi_value napi_register_module_v1(napi_env env, napi_value exports);

int32_t node_api_module_get_api_version_v1(void) {
    return NODE_API_VERSION;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
    napi_set_named_property(env, exports, "version", answer(env, nsv_version()));
    provide(env, exports, "bootUs", boot_us);
    provide(env, exports, "readGroups", read_groups);
    provide(env, exports, "readKept", read_kept);
    provide(env, exports, "readInside", read_inside);
    provide(env, exports, "readDirectory", read_directory);
    provide(env, exports, "openDirectory", open_directory);
    provide(env, exports, "readNames", read_names);
    provide(env, exports, "nsfsMounts", nsfs_mounts);
    provide(env, exports, "nsfsDescriptors", nsfs_descriptors);
    provide(env, exports, "namespaces", namespaces);
    provide(env, exports, "putInPlace", put_in_place);
    provide(env, exports, "startHelper", start);
    return exports;
}
