// A robust mutex whose owner is killed; who recovers it is killed before it is consistent again.
#include "thread.h"
#include <sys/wait.h>
static struct { pthread_mutex_t mutex; _Atomic int locked; } *s;
int main(void) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int inherits = 0; inherits < 2; inherits++) {
        pthread_mutexattr_setprotocol(&attr, inherits ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
        pthread_mutex_init(&s->mutex, &attr);
        for (int owner = 1; owner <= 3; owner++) {
            s->locked = 0;
            int child = fork();
            if (!child) {
                int error = pthread_mutex_lock(&s->mutex);
                printf("owner %d: %s\n", owner, error ? strerrorname_np(error) : "0");
                fflush(stdout);
                s->locked = 1;
                for (;;) pause();
            }
            while (!s->locked) sched_yield();
            kill(child, SIGKILL);
            // In the last round the lock is wanted while its owner is ending.
            if (owner < 3) waitpid(child, NULL, 0);
        }
        PTRY(pthread_mutex_lock(&s->mutex));
        PTRY(pthread_mutex_unlock(&s->mutex));
        PTRY(pthread_mutex_lock(&s->mutex));
        while (wait(NULL) > 0) {}
        fflush(stdout);
    }
}
