// An event loop that never ends: descriptors, memory, threads, signals and children come and go, at some
// thousand calls a second.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static void on_alarm(int signo) { (void)signo; }
static void *answers(void *socket) {
    char bytes[256];
    ssize_t got;
    while ((got = read(*(int *)socket, bytes, sizeof bytes)) > 0)
        if (write(*(int *)socket, bytes, got) != got) break;
    return NULL;
}
int main(void) {
    int pair[2], epoll = epoll_create1(0), event = eventfd(0, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) return 1;
    pthread_t thread;
    pthread_create(&thread, NULL, answers, &pair[1]);
    epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &(struct epoll_event){.events = EPOLLIN});
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 20000}, {0, 20000}}, NULL);
    for (uint64_t round = 0;; round++) {
        char bytes[256];
        struct epoll_event ready;
        memset(bytes, round, sizeof bytes);
        if (write(pair[0], bytes, 64 + round % 128) < 0) return 2;
        epoll_wait(epoll, &ready, 1, 100);
        if (read(pair[0], bytes, sizeof bytes) < 0) return 3;
        uint64_t one = 1;
        if (write(event, &one, 8) != 8 || read(event, &one, 8) != 8) return 4;
        char *memory = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memory[round % (1 << 16)] = 1;
        munmap(memory, 1 << 16);
        free(malloc(1000 + round % 100000));
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (round % 1024 == 0 && fork() == 0) _exit(0);
        if (round % 1024 == 512) waitpid(-1, NULL, WNOHANG);
        if (round % 8 == 0) nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
}
