/*
 * The socket between the helper and the container's first process. It closes by itself when the command is executed, so
 * that its end with no failure before means success; its other end closing means that the helper is gone.
 */
#pragma once

#include "init.h"

enum packet_kind { PACKET_STEP, PACKET_PAUSE, PACKET_FAILED, PACKET_GO, PACKET_TERMINAL };

struct packet {
    uint32_t kind; /* enum packet_kind */
    uint32_t id;
    int32_t err;
    char text[DETAIL_BYTES];
};

/* 0 or -errno. `fd` goes along; NO_FD: none. */
int control_send(int control, enum packet_kind kind, uint32_t id, int err, const char *text, int fd);
/* 1, 0 at the end, or -errno. `*fd` is NO_FD or the receiver's. */
int control_receive(int control, struct packet *packet, int *fd);
/* The child dies when the helper does, from here on; it does so at once where the helper is gone. 0 or -errno. */
int lifeline_arm(const struct run *run);
/* The child waits for a packet of this kind; the word to go on may come before it. 0, or -ECONNRESET: nobody is there.
 */
int control_expect(struct run *run, enum packet_kind kind);
