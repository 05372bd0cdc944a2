// Calls that wait for a child, on sockets, pipes and locks, are restarted after a handler with SA_RESTART only.
#include "proc.h"
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
static volatile int count;
static Gate ticked;
static void tick(int sig) {
    count++;
    pass(ticked);
}
static int sockets[2], full[2], listener, lock;
static long call(int which) {
    char byte;
    static char large[300000];
    switch (which) {
    case 0: return read(sockets[0], &byte, 1);
    case 1: return recv(sockets[0], &byte, 1, 0);
    case 2: return write(full[1], large, 1);
    case 3: return flock(lock, LOCK_EX);
    default: return accept(listener, NULL, NULL) < 0 ? -1 : 0;
    }
}
static void release(int which) {
    struct sockaddr_un address = {AF_UNIX, "socket"};
    static char large[65536];
    if (which < 2) write(sockets[1], "x", 1);
    if (which == 2) read(full[0], large, sizeof large);
    if (which == 4) connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, sizeof address);
}
int main(void) {
    const char *names[] = {"read", "recv", "write", "flock", "accept"};
    struct sockaddr_un address = {AF_UNIX, "socket"};
    socketpair(AF_UNIX, SOCK_STREAM, 0, sockets);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listener, (void *)&address, sizeof address);
    listen(listener, 5);
    ticked = gate();
    pid_t me = getpid();
    for (int test = 0; test < 10; test++) {
        int which = test / 2, restart = test % 2;
        struct sigaction action = {.sa_handler = tick, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGUSR1, &action, NULL);
        pipe(full);
        fcntl(full[1], F_SETFL, O_NONBLOCK);
        static char filler[65536];
        while (write(full[1], filler, sizeof filler) > 0) {}
        fcntl(full[1], F_SETFL, 0);
        Gate stop = gate(), ready = gate();
        pid_t pid = CHILD({
            signal(SIGUSR1, SIG_IGN);
            int held = open("lock", O_CREAT | O_RDWR, 0600);
            char byte;
            flock(held, LOCK_EX);
            pass(ready);
            fcntl(stop.fds[0], F_SETFL, O_NONBLOCK);
            for (int i = 0; restart ? i < 3 : read(stop.fds[0], &byte, 1) != 1; i++) {
                usleep(2000);
                kill(me, SIGUSR1);
                await(ticked);
            }
            if (restart) release(which);
        });
        await(ready);
        lock = open("lock", O_RDWR);
        errno = 0;
        long result = call(which);
        printf("%s, restart %d: %ld %s\n", names[which], restart, result, result < 0 ? strerrorname_np(errno) : "");
        pass(stop);
        int status;
        while (waitpid(pid, &status, 0) < 0) {}
        close(lock);
    }
}
