// A robust mutex whose owner is a process that gets killed; the other one recovers it.
#include "thread.h"
#include <sys/wait.h>
static struct { pthread_mutex_t mutex; _Atomic int locked, value; } *s;
int main(void) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int how = 0; how < 4; how++) {
        pthread_mutexattr_setprotocol(&attr, how / 2 ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
        pthread_mutex_init(&s->mutex, &attr);
        s->locked = 0;
        int child = fork();
        if (!child) {
            pthread_mutex_lock(&s->mutex);
            s->value = how + 10;
            s->locked = 1;
            if (how % 2) _exit(0);
            for (;;) pause();
        }
        while (!s->locked) sched_yield();
        if (how % 2 == 0) kill(child, SIGKILL);
        PTRY(pthread_mutex_lock(&s->mutex));
        printf("%d\n", s->value);
        PTRY(pthread_mutex_consistent(&s->mutex));
        PTRY(pthread_mutex_unlock(&s->mutex));
        waitpid(child, NULL, 0);
        PTRY(pthread_mutex_destroy(&s->mutex));
    }
}
