/* The terminal that nsview was started on, while a container has one of its own. */
#pragma once

/* Every key is a byte for the container: Ctrl-C and Ctrl-Z too. Nothing where descriptor 0 is no terminal. */
void host_terminal_raw(void);
void host_terminal_restore(void);
/* The size of the terminal on descriptor 0 for the pseudo-terminal `master`. */
void host_terminal_copy_size(int master);
