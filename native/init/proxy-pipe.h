/* Pipes for splice(2), taken only while bytes are in them: an idle connection holds none. */
#pragma once

/* 0 or -errno. */
int pipe_take(int ends[2]);
/* For one that is empty. */
void pipe_give_back(int ends[2]);
/* For one that may hold bytes. */
void pipe_drop(int ends[2]);
void pipes_close_idle(void);
