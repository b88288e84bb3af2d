#include "plan.h"
#include "ops.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[8] = {'N', 'S', 'V', 'P', 'L', 'A', 'N', '1'};
enum { HEADER_BYTES = 24 };

/* What is still unread. Every take_* returns false where it does not suffice. */
struct input {
    const char *at;
    size_t left;
};

static bool take(struct input *input, size_t length, const char **bytes) {
    if (length > input->left)
        return false;
    *bytes = input->at;
    input->at += length;
    input->left -= length;
    return true;
}

static bool take_number(struct input *input, int width, uint64_t *number) {
    const char *bytes;
    if (!take(input, (size_t)width, &bytes))
        return false;
    *number = 0;
    for (int i = 0; i < width; i++)
        *number |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    return true;
}

static bool take_bytes(struct input *input, struct field *field) {
    const char *end;
    return take_number(input, 4, &field->number) && take(input, field->number, &field->text) && take(input, 1, &end) &&
           *end == '\0';
}

static bool take_string(struct input *input, struct field *field) {
    return take_bytes(input, field) && memchr(field->text, '\0', field->number) == NULL;
}

static bool take_list(struct input *input, struct field *field) {
    /* Each string takes five bytes at least: no count can ask for more memory than the plan itself has. */
    if (!take_number(input, 4, &field->number) || field->number > input->left / 5)
        return false;
    field->list = calloc(field->number + 1, sizeof *field->list);
    if (field->list == NULL)
        return false;
    for (uint64_t i = 0; i < field->number; i++) {
        struct field string = {0};
        if (!take_string(input, &string))
            return false;
        field->list[i] = string.text;
    }
    return true;
}

static bool take_slot(struct input *input, const struct plan *plan, bool none_allowed, struct field *field) {
    return take_number(input, 8, &field->number) &&
           (field->number < plan->slot_count || (none_allowed && field->number == UINT64_MAX));
}

static bool take_field(struct input *input, const struct plan *plan, char type, struct field *field) {
    switch (type) {
    case 'u':
        return take_number(input, 8, &field->number);
    case 'd':
    case 'D':
        return take_slot(input, plan, type == 'D', field);
    case 's':
        return take_string(input, field);
    case 'b':
        return take_bytes(input, field);
    case 'l':
        return take_list(input, field);
    default:
        return false;
    }
}

static bool take_step(struct input *input, const struct plan *plan, struct step *step) {
    uint64_t op;
    uint64_t phase;
    uint64_t length;
    const char *bytes;
    if (!take_number(input, 2, &op) || !take_number(input, 2, &phase) || !take_number(input, 4, &length) ||
        !take(input, length, &bytes) || op >= OP_COUNT || phase > PHASE_MONITOR)
        return false;
    step->op = (enum op)op;
    step->phase = (enum phase)phase;
    const char *signature = op_kinds[op].signature;
    if (signature == NULL)
        return false;
    struct input fields = {bytes, length};
    for (int i = 0; signature[i] != '\0'; i++) {
        if (!take_field(&fields, plan, signature[i], &step->fields[i]))
            return false;
    }
    return fields.left == 0;
}

static bool ends_child(const struct step *step) {
    return step->op == OP_HOLD || (step->op == OP_EXEC && step->fields[0].number > 0);
}

/* One clone by the helper, and the command last of what its child does: otherwise a step would run in the wrong
 * process. */
static bool well_ordered(const struct plan *plan) {
    const struct step *clone = NULL;
    const struct step *last_of_child = NULL;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const struct step *step = &plan->steps[i];
        if (step->op == OP_CLONE) {
            if (clone != NULL || step->phase != PHASE_HOST)
                return false;
            clone = step;
        }
        if (step->phase == PHASE_CHILD) {
            if (clone == NULL || (last_of_child != NULL && ends_child(last_of_child)))
                return false;
            last_of_child = step;
        }
    }
    return last_of_child != NULL && ends_child(last_of_child);
}

static bool decode(struct input *input, struct plan *plan) {
    const char *start;
    uint64_t total;
    uint64_t flags;
    uint64_t steps;
    uint64_t slots;
    size_t length = input->left;
    if (!take(input, sizeof magic, &start) || memcmp(start, magic, sizeof magic) != 0 ||
        !take_number(input, 4, &total) || !take_number(input, 4, &flags) || !take_number(input, 4, &steps) ||
        !take_number(input, 4, &slots) || total != length || steps > PLAN_MAX_STEPS || slots > PLAN_MAX_SLOTS)
        return false;
    plan->flags = (uint32_t)flags;
    plan->slot_count = (uint32_t)slots;
    plan->steps = calloc(steps + 1, sizeof *plan->steps);
    if (plan->steps == NULL)
        return false;
    for (uint32_t i = 0; i < steps; i++) {
        plan->step_count = i + 1;
        plan->steps[i].id = i;
        if (!take_step(input, plan, &plan->steps[i]))
            return false;
    }
    return input->left == 0 && well_ordered(plan);
}

int plan_decode(char *bytes, size_t length, struct plan *plan) {
    *plan = (struct plan){.bytes = bytes};
    struct input input = {bytes, length};
    if (decode(&input, plan))
        return 0;
    plan_free(plan);
    return -EPROTO;
}

void plan_free(struct plan *plan) {
    for (uint32_t i = 0; plan->steps != NULL && i < plan->step_count; i++) {
        for (int j = 0; j < STEP_MAX_FIELDS; j++)
            free(plan->steps[i].fields[j].list);
    }
    free(plan->steps);
    *plan = (struct plan){0};
}

static int read_exactly(int fd, char *bytes, size_t length) {
    while (length > 0) {
        ssize_t more = read(fd, bytes, length);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return more < 0 ? -errno : -EPROTO;
        bytes += more;
        length -= (size_t)more;
    }
    return 0;
}

int plan_read(int fd, struct plan *plan) {
    char header[HEADER_BYTES];
    int err = read_exactly(fd, header, sizeof header);
    if (err < 0)
        return err;
    struct input input = {header + sizeof magic, 4};
    uint64_t total = 0;
    take_number(&input, 4, &total);
    if (memcmp(header, magic, sizeof magic) != 0 || total < HEADER_BYTES || total > PLAN_MAX_BYTES)
        return -EPROTO;
    char *bytes = malloc(total);
    if (bytes == NULL)
        return -ENOMEM;
    memcpy(bytes, header, HEADER_BYTES);
    err = read_exactly(fd, bytes + HEADER_BYTES, total - HEADER_BYTES);
    if (err == 0)
        err = plan_decode(bytes, total, plan);
    if (err < 0)
        free(bytes);
    return err;
}
