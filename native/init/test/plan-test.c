/* Reading a plan: what is none must be refused whole, whatever its bytes, and never be run. */
#include "../ops.h"
#include "../plan.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A plan under construction; every put_* appends. */
struct draft {
    char bytes[8192];
    size_t length;
    uint32_t steps;
};

static void put(struct draft *draft, uint64_t number, int width) {
    for (int i = 0; i < width; i++)
        draft->bytes[draft->length++] = (char)(number >> (8 * i));
}

static void put_string(struct draft *draft, const char *text) {
    size_t length = strlen(text);
    put(draft, length, 4);
    memcpy(draft->bytes + draft->length, text, length + 1);
    draft->length += length + 1;
}

static void begin(struct draft *draft) {
    *draft = (struct draft){.length = 24};
    memcpy(draft->bytes, "NSVPLAN1", 8);
}

/* Returns where the length of the fields goes. */
static size_t put_step(struct draft *draft, enum op op, enum phase phase) {
    draft->steps++;
    put(draft, op, 2);
    put(draft, phase, 2);
    put(draft, 0, 4);
    return draft->length - 4;
}

static void set32(struct draft *draft, size_t at, uint64_t number) {
    size_t length = draft->length;
    draft->length = at;
    put(draft, number, 4);
    draft->length = length;
}

static void end_step(struct draft *draft, size_t at) {
    set32(draft, at, draft->length - at - 4);
}

static void finish(struct draft *draft) {
    set32(draft, 8, draft->length);
    set32(draft, 16, draft->steps);
    set32(draft, 20, 4);
}

static void put_clone(struct draft *draft) {
    size_t at = put_step(draft, OP_CLONE, PHASE_HOST);
    put(draft, 0x20000, 8);
    put(draft, UINT64_MAX, 8);
    end_step(draft, at);
}

static void put_exec(struct draft *draft) {
    size_t at = put_step(draft, OP_EXEC, PHASE_CHILD);
    put(draft, 2, 4);
    put_string(draft, "echo");
    put_string(draft, "hello");
    put(draft, 1, 4);
    put_string(draft, "PATH=/bin");
    put(draft, 0, 8);
    end_step(draft, at);
}

static void put_overlay(struct draft *draft) {
    size_t at = put_step(draft, OP_OVERLAY, PHASE_HOST);
    put(draft, 3, 8);
    put(draft, 2, 4);
    put_string(draft, "/lower/1");
    put_string(draft, "/lower/0");
    put_string(draft, "/upper");
    put_string(draft, "/work");
    put(draft, 0, 4);
    put(draft, UINT64_MAX, 8);
    put(draft, 0, 8);
    put(draft, 0, 8);
    end_step(draft, at);
}

static void put_whole(struct draft *draft) {
    begin(draft);
    put_overlay(draft);
    put_clone(draft);
    put_exec(draft);
    finish(draft);
}

/* From memory of exactly this size, so that the sanitizer sees a read beyond it. */
static int decode(const char *bytes, size_t length, struct plan *plan) {
    char *copy = malloc(length > 0 ? length : 1);
    assert(copy != NULL);
    memcpy(copy, bytes, length);
    int err = plan_decode(copy, length, plan);
    if (err < 0)
        free(copy);
    return err;
}

static void test_whole_plan(void) {
    struct draft draft;
    struct plan plan;
    put_whole(&draft);
    assert(decode(draft.bytes, draft.length, &plan) == 0);
    assert(plan.step_count == 3 && plan.slot_count == 4);
    const struct step *exec = &plan.steps[2];
    assert(exec->op == OP_EXEC && exec->phase == PHASE_CHILD && exec->id == 2);
    assert(exec->fields[0].number == 2 && strcmp(exec->fields[0].list[1], "hello") == 0);
    assert(exec->fields[0].list[2] == NULL);
    assert(strcmp(plan.steps[0].fields[2].text, "/upper") == 0);
    char *bytes = plan.bytes;
    plan_free(&plan);
    free(bytes);
}

static void expect_refused(const struct draft *draft) {
    struct plan plan;
    assert(decode(draft->bytes, draft->length, &plan) == -EPROTO);
}

static void test_every_cut(void) {
    struct draft draft;
    put_whole(&draft);
    size_t whole = draft.length;
    for (draft.length = 0; draft.length < whole; draft.length++)
        expect_refused(&draft);
}

static void test_wrong_order(void) {
    struct draft draft;
    begin(&draft);
    put_exec(&draft); /* no clone before */
    finish(&draft);
    expect_refused(&draft);
    begin(&draft);
    put_clone(&draft);
    put_clone(&draft);
    put_exec(&draft);
    finish(&draft);
    expect_refused(&draft);
    begin(&draft);
    put_clone(&draft);
    put_exec(&draft);
    end_step(&draft, put_step(&draft, OP_PIVOT, PHASE_CHILD)); /* after the command */
    finish(&draft);
    expect_refused(&draft);
}

/* Instead of a command a process may only keep its namespaces; nothing can come after that either. */
static void test_held_without_a_command(void) {
    struct draft draft;
    begin(&draft);
    put_clone(&draft);
    end_step(&draft, put_step(&draft, OP_HOLD, PHASE_CHILD));
    finish(&draft);
    struct plan plan;
    assert(decode(draft.bytes, draft.length, &plan) == 0 && plan.steps[1].op == OP_HOLD);
    char *bytes = plan.bytes;
    plan_free(&plan);
    free(bytes);
    put_exec(&draft);
    finish(&draft);
    expect_refused(&draft);
}

static void test_nul_within_a_string(void) {
    struct draft draft;
    put_whole(&draft);
    for (size_t i = 0; i + 5 < draft.length; i++) {
        if (memcmp(draft.bytes + i, "hello", 5) == 0)
            draft.bytes[i + 2] = '\0';
    }
    expect_refused(&draft);
}

static void test_slot_beyond_the_count(void) {
    struct draft draft;
    put_whole(&draft);
    set32(&draft, 20, 3);
    expect_refused(&draft);
}

/* xorshift64: the same plans in every run. */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Whole plans with some bytes changed: refused, or every field within the plan. */
static void test_random_changes(int rounds) {
    uint64_t state = 0x6e73766965772031;
    struct draft draft;
    for (int round = 0; round < rounds; round++) {
        put_whole(&draft);
        for (uint64_t changes = 1 + next_random(&state) % 4; changes > 0; changes--)
            draft.bytes[next_random(&state) % draft.length] = (char)next_random(&state);
        struct plan plan;
        if (decode(draft.bytes, draft.length, &plan) < 0)
            continue;
        size_t seen = 0;
        for (uint32_t i = 0; i < plan.step_count; i++) {
            for (int j = 0; j < STEP_MAX_FIELDS; j++) {
                const struct field *field = &plan.steps[i].fields[j];
                seen += field->text != NULL ? strlen(field->text) : 0;
                for (const char **text = field->list; text != NULL && *text != NULL; text++)
                    seen += strlen(*text);
            }
        }
        assert(seen <= draft.length);
        char *bytes = plan.bytes;
        plan_free(&plan);
        free(bytes);
    }
}

static void test_random_bytes(int rounds) {
    uint64_t state = 0x6e73766965772032;
    struct draft draft = {0};
    for (int round = 0; round < rounds; round++) {
        draft.length = next_random(&state) % 512;
        for (size_t i = 0; i < draft.length; i++)
            draft.bytes[i] = (char)next_random(&state);
        if (draft.length >= 12) {
            memcpy(draft.bytes, "NSVPLAN1", 8);
            set32(&draft, 8, draft.length);
        }
        struct plan plan;
        if (decode(draft.bytes, draft.length, &plan) == 0)
            abort(); /* no chain of steps comes about by chance */
    }
}

static void test_read_from_a_pipe(void) {
    struct draft draft;
    struct plan plan;
    int ends[2];
    put_whole(&draft);
    assert(pipe(ends) == 0);
    assert(write(ends[1], draft.bytes, draft.length) == (ssize_t)draft.length);
    assert(write(ends[1], "\n", 1) == 1); /* what follows the plan is not its own */
    assert(plan_read(ends[0], &plan) == 0 && plan.step_count == 3);
    char *bytes = plan.bytes;
    plan_free(&plan);
    free(bytes);
    char after;
    assert(read(ends[0], &after, 1) == 1 && after == '\n');
    close(ends[1]);
    assert(plan_read(ends[0], &plan) == -EPROTO);
    close(ends[0]);
}

static void test_every_op_can_be_read(void) {
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_kind *kind = &op_kinds[op];
        assert((kind->signature == NULL) == (kind->run == NULL));
        assert(kind->signature == NULL || strlen(kind->signature) <= STEP_MAX_FIELDS);
    }
}

int main(void) {
    test_whole_plan();
    test_every_cut();
    test_wrong_order();
    test_held_without_a_command();
    test_nul_within_a_string();
    test_slot_beyond_the_count();
    test_random_changes(200000);
    test_random_bytes(100000);
    test_read_from_a_pipe();
    test_every_op_can_be_read();
    puts("plan: passed");
    return 0;
}
