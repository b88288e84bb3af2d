#include "demo.h"
#include "sys.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

struct time {
    long seconds;
    long microseconds;
};

static int open_socket(void) {
    int fd = (int)SYS3(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct time patience = {1, 0};
    SYS5(setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SYS5(setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return fd;
}

static struct sockaddr_in address(unsigned host, long port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = (in_port_t)((port & 0xff) << 8 | (port >> 8 & 0xff)),
        .sin_addr = {__builtin_bswap32(host)},
    };
}

/* Reads to the end of a request's head, or of one's patience: a second for each part, and no more than a page. */
static void read_request(int client) {
    char bytes[512];
    unsigned last = 0;
    for (int parts = 0; parts < 8; parts++) {
        long got = SYS6(recvfrom, client, bytes, sizeof bytes, 0, 0, 0);
        if (got <= 0)
            return;
        for (long at = 0; at < got; at++) {
            last = last << 8 | (unsigned char)bytes[at];
            if (last == 0x0d0a0d0a)
                return;
        }
    }
}

int http(int argc, char **argv) {
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 27\r\n"
                                 "Connection: close\r\n\r\nhello from the demo server\n";
    long port = argc > 0 ? number_of(argv[0], 80) : 80;
    const struct sockaddr_in everywhere = address(INADDR_ANY, port);
    const int yes = 1;
    int server = open_socket();
    SYS5(setsockopt, server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    long bound = SYS3(bind, server, &everywhere, sizeof everywhere);
    if (bound < 0 || (bound = SYS2(listen, server, 64)) < 0) {
        say("http: port %ld: errno %ld", port, -bound);
        return 1;
    }
    say("answering on port %ld", port);
    for (;;) {
        int client = (int)SYS4(accept4, server, 0, 0, SOCK_CLOEXEC);
        if (client == -EAGAIN || client == -EINTR)
            continue;
        if (client < 0) {
            pause_for(100);
            continue;
        }
        const struct time patience = {1, 0};
        SYS5(setsockopt, client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        read_request(client);
        SYS6(sendto, client, answer, sizeof answer - 1, MSG_NOSIGNAL, 0, 0);
        SYS2(shutdown, client, SHUT_WR);
        SYS1(close, client);
    }
}

/* What a server on this network namespace's loopback answers: bytes of it, or -errno. */
static long ask(long port) {
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    const struct sockaddr_in here = address(INADDR_LOOPBACK, port);
    char bytes[512];
    int fd = open_socket();
    long answer = SYS3(connect, fd, &here, sizeof here);
    if (answer >= 0)
        answer = SYS6(sendto, fd, request, sizeof request - 1, MSG_NOSIGNAL, 0, 0);
    if (answer >= 0)
        answer = SYS6(recvfrom, fd, bytes, sizeof bytes, 0, 0, 0);
    SYS1(close, fd);
    return answer;
}

int watch(int argc, char **argv) {
    char processes[512];
    long port = argc > 0 ? number_of(argv[0], 80) : 80;
    long before = 0;
    for (;;) {
        long answer = ask(port);
        if ((answer > 0) != (before > 0) || before == 0) {
            if (answer > 0)
                say("127.0.0.1:%ld answers, though the server is in another container", port);
            else
                say("127.0.0.1:%ld does not answer: errno %ld", port, -answer);
            say("processes that it sees: %s", names_in("/proc", NUMBERS, processes, sizeof processes));
        }
        before = answer == 0 ? -1 : answer;
        pause_for(2000);
    }
}
