// Threads cancelled while blocked in read, poll, nanosleep, sem_wait, cond_wait, accept, sigwait.
#include "thread.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int fds[2], listener;
static void unlock(void *unused) { printf("unlock %d\n", pthread_mutex_unlock(&mutex)); }
static void *blocks(void *how) {
    char byte;
    sem_t none;
    sigset_t set;
    sem_init(&none, 0, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    step();
    switch (NUMBER(how)) {
    case 0: read(fds[0], &byte, 1); break;
    case 1: poll(&(struct pollfd){fds[0], POLLIN}, 1, -1); break;
    case 2: nanosleep(&(struct timespec){1000}, NULL); break;
    case 3: sem_wait(&none); break;
    case 4:
        pthread_mutex_lock(&mutex);
        pthread_cleanup_push(unlock, NULL);
        for (;;) pthread_cond_wait(&cond, &mutex);
        pthread_cleanup_pop(1);
    case 5: accept(listener, NULL, NULL); break;
    case 6: sigwait(&set, &(int){0}); break;
    case 7: pthread_join(*(pthread_t *)&mutex, NULL); break;
    }
    return NULL;
}
int main(void) {
    pipe(fds);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listener, (void *)&(struct sockaddr_un){AF_UNIX, "name"}, sizeof(struct sockaddr_un));
    listen(listener, 1);
    for (int how = 0; how < 7; how++) {
        pthread_t t = start(blocks, how);
        await(how + 1);
        if (how % 2) nap(3); // probably blocked by then; else perhaps not yet
        pthread_cancel(t);
        printf("%d cancelled %d\n", how, join(t) == (long)PTHREAD_CANCELED);
    }
    TRY(write(fds[1], "x", 1));
}
