#include "read-each.h"

#include "halves.h"

#include <string.h>

struct each {
    struct half half;
    add_found *add;
    const char *paths;
    int32_t *lengths;
};

static int32_t read_paths(struct half *half) {
    struct each *each = (struct each *)half;
    const char *path = each->paths;
    for (int32_t done = 0; done < half->count; done++, path += strlen(path) + 1) {
        int64_t before = half->sink.used;
        int32_t length = each->add(&half->sink, path);
        if (length < 0)
            half->sink.used = before;
        if (length == SINK_FULL)
            return done;
        each->lengths[done] = length;
    }
    return half->count;
}

int32_t read_each(add_found *add, const char *paths, int32_t npaths, char *data, int64_t capacity, int32_t *lengths) {
    struct each all = {
        .half = {.read = read_paths, .sink = {.data = data, .capacity = capacity}, .count = npaths},
        .add = add,
        .paths = paths,
        .lengths = lengths,
    };
    if (!is_long(npaths))
        return read_paths(&all.half);
    struct each second = all;
    all.half.count = npaths / 2;
    second.half.count = npaths - all.half.count;
    split_sink(data, capacity, &all.half.sink, &second.half.sink);
    for (int32_t i = 0; i < all.half.count; i++)
        second.paths += strlen(second.paths) + 1;
    second.lengths += all.half.count;
    return read_halves(&all.half, &second.half);
}
