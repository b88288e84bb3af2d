/* The proxy of published ports, between this network namespace and one of its own; under the sanitizers. */
#include "../proxy.h"
#include "services.h"

#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

int failures;

static int open_descriptors(void) {
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory != NULL && readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static struct {
    pid_t proxy;
    int lifeline;
    struct sockaddr_in at[NOBODY + 1];
} scene;

/* The proxy and what it leads to, in a network of their own; the listeners stay in ours. */
static void begin(rlim_t descriptors, const char *address) {
    struct proxy_port ports[NOBODY];
    int ends[2];
    for (int service = ECHO; service <= NOBODY; service++)
        ports[service - 1] = (struct proxy_port){listen_at(1, 0, &scene.at[service]), (uint16_t)service};
    must(pipe2(ends, O_CLOEXEC), "pipe");
    scene.lifeline = ends[1];
    scene.proxy = fork();
    if (scene.proxy == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[1]);
        if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
            _exit(77);
        struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
        struct sockaddr_in unused;
        must(ioctl(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), SIOCSIFFLAGS, &up), "lo");
        for (int service = ECHO; service < NOBODY; service++) {
            int listener = listen_at(address == NULL ? 1 : 2, (uint16_t)service, &unused);
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                close(ends[0]);
                for (int i = 0; i < NOBODY; i++)
                    close(ports[i].listener);
                serve(service, listener);
            }
            close(listener);
        }
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){descriptors, descriptors});
        for (int i = 0; i < NOBODY; i++)
            fcntl(ports[i].listener, F_SETFL, O_NONBLOCK);
        int before = open_descriptors();
        int err = proxy_serve(ends[0], ports, NOBODY, address);
        /* It took the lifeline and the listeners, and left nothing. */
        if (err != 0 || open_descriptors() != before - 1 - NOBODY)
            fprintf(stderr, "the proxy: %s, descriptors %d then %d\n", strerror(-err), before, open_descriptors());
        exit(err != 0 || open_descriptors() != before - 1 - NOBODY);
    }
    close(ends[0]);
    for (int i = 0; i < NOBODY; i++)
        close(ports[i].listener);
}

static int connect_to(int service) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {20, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    must(connect(fd, (struct sockaddr *)&scene.at[service], sizeof scene.at[service]), "connect");
    return fd;
}

static void end(void) {
    int status;
    close(scene.lifeline);
    must(waitpid(scene.proxy, &status, 0), "waitpid");
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool echoes(int fd, const char *text) {
    char got[64] = "";
    size_t length = strlen(text);
    send_all(fd, text, length);
    for (size_t done = 0; done < length;) {
        ssize_t more = recv(fd, got + done, length - done, 0);
        if (more <= 0)
            return false;
        done += (size_t)more;
    }
    return memcmp(got, text, length) == 0;
}

static int64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void small_requests_wait_for_nothing(void) {
    int fd = connect_to(ECHO);
    int64_t begin_us = now_us();
    for (int i = 0; i < 10000; i++) {
        char text[32];
        snprintf(text, sizeof text, "request %d", i);
        EXPECT(echoes(fd, text));
    }
    /* One delayed acknowledgement in ten requests would make it 40 s. */
    EXPECT(now_us() - begin_us < 20000000);
    close(fd);
    for (int i = 0; i < 300; i++) {
        fd = connect_to(ECHO);
        EXPECT(echoes(fd, "once"));
        close(fd);
    }
}

static void each_direction_ends_by_itself_and_all_arrives(useconds_t pause) {
    int fd = connect_to(COUNT);
    char line[32];
    char expected[32];
    size_t length = (size_t)snprintf(expected, sizeof expected, "%d\n", BULK);
    send_bulk(fd);
    shutdown(fd, SHUT_WR);
    EXPECT(recv(fd, line, length, MSG_WAITALL) == (ssize_t)length && memcmp(line, expected, length) == 0);
    EXPECT(receive_bulk(fd, pause) == BULK);
    close(fd);
}

static void a_reader_that_stops_stops_the_writer(void) {
    int fd = connect_to(FLOOD);
    int64_t before;
    do {
        before = shared->flooded;
        usleep(300000);
    } while (shared->flooded != before);
    /* The buffers of four sockets and a pipe, and no more. */
    EXPECT(before > 0 && before < 32 << 20);
    static char bytes[1 << 20];
    for (int64_t got = 0; got < before + (1 << 20);) {
        ssize_t more = recv(fd, bytes, sizeof bytes, 0);
        if (more <= 0)
            break;
        got += more;
    }
    EXPECT(shared->flooded > before);
    reset(fd);
}

static void breaking_off_is_passed_on(void) {
    char bytes[16];
    int fd = connect_to(RESET);
    send_all(fd, "xyz", 3);
    EXPECT(recv(fd, bytes, 7, MSG_WAITALL) == 7 && memcmp(bytes, "partial", 7) == 0);
    EXPECT(recv(fd, bytes, 1, 0) < 0 && errno == ECONNRESET);
    close(fd);
    fd = connect_to(NOBODY);
    EXPECT(recv(fd, bytes, 1, 0) < 0 && errno == ECONNRESET);
    close(fd);
    fd = connect_to(ECHO);
    EXPECT(echoes(fd, "still here"));
    int before = shared->resets;
    reset(fd);
    for (int i = 0; i < 1000 && shared->resets == before; i++)
        usleep(5000);
    EXPECT(shared->resets == before + 1);
}

int main(void) {
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    begin(4096, NULL);
    small_requests_wait_for_nothing();
    each_direction_ends_by_itself_and_all_arrives(0);
    each_direction_ends_by_itself_and_all_arrives(2000);
    a_reader_that_stops_stops_the_writer();
    breaking_off_is_passed_on();
    int silent = connect_to(SILENT);
    end();
    close(silent);

    /* Few descriptors: who has no place waits in the kernel's queue until there is one. And an address that is neither
     * of the usual two. */
    begin(48, "127.0.0.2");
    shared->most_open = 0;
    int fds[40];
    for (int i = 0; i < 40; i++) {
        fds[i] = connect_to(ECHO);
        send_all(fds[i], "x", 1);
    }
    for (int i = 0; i < 40; i++) {
        char byte;
        EXPECT(recv(fds[i], &byte, 1, 0) == 1);
        close(fds[i]);
    }
    EXPECT(shared->most_open > 0 && shared->most_open <= 6);
    end();
    return failures == 0 ? 0 : 1;
}
