/*
 * Published ports: connections to sockets that listen on the host go on to a port of the container.
 *
 * Sockets keep the network namespace they were made in (network_namespaces(7)): one process in the container's can
 * accept on the host's and connect in its own.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

enum { PROXY_LIFELINE_FD = 3, PROXY_FIRST_LISTENER_FD = 4, PROXY_MAX_PORTS = 1024 };

/* One listening socket, and the port of the container that its connections are for. */
struct proxy_port {
    int listener; /* non-blocking */
    uint16_t container_port;
};

/*
 * Serves until `lifeline` can be read or is hung up: a pidfd of the container's first process, or a pipe. Then the
 * listeners are closed, what is on its way is delivered within half a second, and it returns. Takes all descriptors.
 * A connection goes to 127.0.0.1, else to ::1, else to `address` (of IPv4; NULL: nowhere); refused by all, it is reset.
 * 0, or -errno where it could not begin.
 */
int proxy_serve(int lifeline, const struct proxy_port *ports, int count, const char *address);

/*
 * nsview-init proxy [--address ADDRESS] HOST:PORT:CONTAINER_PORT…: serves, within the network namespace it is started
 * in, the listening sockets from descriptor 4 on, one for each argument; of these only the last number is read, the
 * rest is for who reads the process list. Descriptor 3 is the lifeline. Gives up every privilege first.
 */
int proxy_main(int argc, char **argv);
