// An event loop: handles become ready, are served, go away.
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

struct event_loop {
    int active_handles;
    int iterations;
    int pipes[3][2];
};

static void serve(struct event_loop *loop, int handle) {
    char byte;
    if (read(loop->pipes[handle][0], &byte, 1) == 1)
        loop->active_handles--;
}

static void run_once(struct event_loop *loop) {
    struct pollfd ready[3];
    for (int i = 0; i < 3; i++)
        ready[i] = (struct pollfd){.fd = loop->pipes[i][0], .events = POLLIN};
    poll(ready, 3, -1);
    loop->iterations++;
    for (int i = 0; i < 3; i++)
        if (ready[i].revents & POLLIN)
            serve(loop, i);
}

int main(void) {
    struct event_loop loop = {.active_handles = 3};
    for (int i = 0; i < 3; i++)
        if (pipe(loop.pipes[i]))
            return 1;
    for (int i = 2; i >= 0; i--) {
        if (write(loop.pipes[i][1], "x", 1) != 1)
            return 1;
        run_once(&loop);
    }
    printf("%d iterations, %d handles\n", loop.iterations, loop.active_handles);
    return 0;
}
