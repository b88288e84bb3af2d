/* Servers for the tests of the proxy, each a process, and what they tell. */
#pragma once

#include "../../test/expect.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ECHO = 1, COUNT, RESET, FLOOD, SILENT, NOBODY };
enum { BULK = 24 << 20, BLOCK = 1 << 16 };

/* What the processes of a test tell each other. */
static struct {
    _Atomic int64_t flooded;
    _Atomic int resets;
    _Atomic int open;
    _Atomic int most_open;
} * shared;

/* 127.0.0.`last`; port 0: a free one. */
static int listen_at(uint8_t last, uint16_t port, struct sockaddr_in *address) {
    socklen_t size = sizeof *address;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address = (struct sockaddr_in
    ){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(127U << 24 | last)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    must(bind(fd, (struct sockaddr *)address, size), "bind");
    must(listen(fd, SOMAXCONN), "listen");
    must(getsockname(fd, (struct sockaddr *)address, &size), "getsockname");
    return fd;
}

static void reset(int fd) {
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static void send_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        count -= (size_t)sent;
    }
}

/* A stream whose every byte tells its place. */
static char bulk_byte(int64_t place) {
    return (char)(place * 31 >> 8 ^ place);
}

static void send_bulk(int fd) {
    static char block[BLOCK];
    for (int64_t done = 0; done < BULK; done += BLOCK) {
        for (int i = 0; i < BLOCK; i++)
            block[i] = bulk_byte(done + i);
        send_all(fd, block, BLOCK);
    }
}

/* How many bytes of that stream come, up to the first that is wrong. */
static int64_t receive_bulk(int fd, useconds_t pause) {
    static char block[BLOCK];
    int64_t done = 0;
    for (ssize_t got; (got = recv(fd, block, BLOCK, 0)) > 0; usleep(pause)) {
        for (ssize_t i = 0; i < got; i++, done++)
            if (block[i] != bulk_byte(done))
                return -done;
    }
    return done;
}

static void note_open(int change) {
    int now = atomic_fetch_add(&shared->open, change) + change;
    for (int most = shared->most_open; now > most;)
        if (atomic_compare_exchange_weak(&shared->most_open, &most, now))
            break;
}

static void answer(int service, int fd) {
    char bytes[4096];
    ssize_t got;
    switch (service) {
    case ECHO:
        note_open(1);
        while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
            send_all(fd, bytes, (size_t)got);
        shared->resets += got < 0 && errno == ECONNRESET;
        note_open(-1);
        break;
    case COUNT:
        snprintf(bytes, sizeof bytes, "%lld\n", (long long)receive_bulk(fd, 0));
        send_all(fd, bytes, strlen(bytes));
        send_bulk(fd);
        break;
    case RESET:
        got = recv(fd, bytes, 1, 0);
        send_all(fd, "partial", 7);
        reset(fd);
        return;
    case FLOOD:
        memset(bytes, 'f', sizeof bytes);
        while ((got = send(fd, bytes, sizeof bytes, MSG_NOSIGNAL)) > 0)
            shared->flooded += got;
        break;
    default:
        pause();
    }
    close(fd);
}

static _Noreturn void serve(int service, int listener) {
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(listener);
            answer(service, fd);
            _exit(0);
        }
        close(fd);
    }
}
