#include "start-helper.h"
#include "../src/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THEIR_CONTROL = 3, THEIR_STATUS = 4, FIRST_FREE = 5, CHUNK = 4096, STACK = 128 * 1024 };

/* Belongs to the thread that follows one helper. */
struct follower {
    napi_threadsafe_function tell;
    pid_t pid;
    int status;
    struct news *last; /* made before, so that the end is told whatever happens */
};

/* What is handed from the thread to the event loop. Without text the helper has ended. */
struct news {
    napi_threadsafe_function tell;
    pid_t pid;
    size_t length;
    char text[];
};

static size_t describe_end(napi_env env, pid_t pid, napi_value *words) {
    /* Reaped here and not before, so that nobody signals another process that was given its number. */
    int status = 0;
    waitpid(pid, &status, 0);
    napi_get_null(env, &words[0]);
    napi_create_int64(env, WIFEXITED(status) ? WEXITSTATUS(status) : -1, &words[1]);
    napi_create_int64(env, WIFSIGNALED(status) ? WTERMSIG(status) : 0, &words[2]);
    return 3;
}

static void on_event_loop(napi_env env, napi_value tell, void *context, void *data) {
    (void)context;
    struct news *news = data;
    if (env != NULL) {
        napi_value words[3];
        size_t count = 1;
        if (news->length > 0)
            napi_create_string_latin1(env, news->text, news->length, &words[0]);
        else
            count = describe_end(env, news->pid, words);
        napi_value nobody;
        napi_value answer;
        bool enough = false;
        napi_get_undefined(env, &nobody);
        if (napi_call_function(env, nobody, tell, count, words, &answer) == 0 &&
            napi_get_value_bool(env, answer, &enough) == 0 && enough)
            napi_unref_threadsafe_function(env, news->tell);
    }
    free(news);
}

static struct news *make_news(const struct follower *follower, const char *text, size_t length) {
    struct news *news = malloc(sizeof *news + length);
    if (news != NULL) {
        news->tell = follower->tell;
        news->pid = follower->pid;
        news->length = length;
        memcpy(news->text, text, length);
    }
    return news;
}

static bool hand_over(const struct follower *follower, struct news *news) {
    if (napi_call_threadsafe_function(follower->tell, news, 0) == 0)
        return true;
    free(news);
    return false;
}

/* False: nobody is told any more. */
static bool tell_texts(const struct follower *follower) {
    for (;;) {
        char text[CHUNK];
        ssize_t got = read(follower->status, text, sizeof text);
        if (got < 0 && errno == EINTR)
            continue;
        struct news *news = got > 0 ? make_news(follower, text, (size_t)got) : NULL;
        if (news == NULL)
            return true;
        if (!hand_over(follower, news))
            return false;
    }
}

static void *follow(void *argument) {
    struct follower *follower = argument;
    bool told = tell_texts(follower);
    close(follower->status);
    if (told) {
        siginfo_t end;
        while (waitid(P_PID, (id_t)follower->pid, &end, WEXITED | WNOWAIT) < 0 && errno == EINTR)
            continue;
        if (hand_over(follower, follower->last))
            napi_release_threadsafe_function(follower->tell, 0);
    } else {
        free(follower->last);
    }
    free(follower);
    return NULL;
}

/* It takes none of Node's signals. */
static int start_thread(struct follower *follower) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int err = pthread_create(&thread, &attributes, follow, follower);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return -err;
}

/* Ends that stand where the helper's own descriptors go are moved away first. */
static int make_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= FIRST_FREE)
            continue;
        int moved = fcntl(ends[i], F_DUPFD_CLOEXEC, FIRST_FREE);
        int err = errno;
        close(ends[i]);
        ends[i] = moved;
        if (moved < 0) {
            close(ends[1 - i]);
            return -err;
        }
    }
    return 0;
}

static void give_streams(posix_spawn_file_actions_t *actions, const struct start *start) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (start->detached) {
            posix_spawn_file_actions_addopen(actions, fd, "/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_RDWR, 0);
            continue;
        }
        /* Node may have made them non-blocking, which ordinary programs do not expect. */
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0)
            continue;
        if ((flags & O_NONBLOCK) != 0)
            fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
        posix_spawn_file_actions_adddup2(actions, fd, fd);
    }
}

/* Returns the process, or -errno. */
static pid_t spawn(const struct start *start, int control, int status) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    give_streams(&actions, start);
    posix_spawn_file_actions_adddup2(&actions, control, THEIR_CONTROL);
    posix_spawn_file_actions_adddup2(&actions, status, THEIR_STATUS);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setflags(
        &attributes,
        (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (start->detached ? POSIX_SPAWN_SETSID : 0))
    );
    char *no_environment[] = {NULL};
    pid_t pid = -1;
    int err = posix_spawn(&pid, start->path, &actions, &attributes, start->argv, no_environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return err == 0 ? pid : -err;
}

/* False: there is no memory for it. From here on `status` belongs to its thread. */
static bool follow_in_thread(napi_env env, napi_value tell, pid_t pid, int status) {
    struct follower *follower = calloc(1, sizeof *follower);
    napi_value name;
    if (follower == NULL || napi_create_string_latin1(env, "nsview-init", SIZE_MAX, &name) != 0 ||
        napi_create_threadsafe_function(
            env, tell, NULL, name, 0, 1, NULL, NULL, NULL, on_event_loop, &follower->tell
        ) != 0) {
        free(follower);
        return false;
    }
    follower->pid = pid;
    follower->status = status;
    follower->last = make_news(follower, "", 0);
    if (follower->last == NULL || start_thread(follower) < 0) {
        napi_release_threadsafe_function(follower->tell, 0);
        free(follower->last);
        free(follower);
        return false;
    }
    return true;
}

pid_t start_helper(napi_env env, const struct start *start, napi_value tell, int32_t *control) {
    int controls[2];
    int err = make_pair(controls);
    if (err < 0)
        return err;
    scoped_fd ours = controls[0];
    scoped_fd theirs = controls[1];
    int statuses[2];
    err = make_pair(statuses);
    if (err < 0)
        return err;
    scoped_fd status = statuses[0];
    scoped_fd their_status = statuses[1];
    pid_t pid = spawn(start, theirs, their_status);
    if (pid < 0)
        return pid;
    if (!follow_in_thread(env, tell, pid, status)) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return -ENOMEM;
    }
    status = -1;
    *control = ours;
    ours = -1;
    return pid;
}
