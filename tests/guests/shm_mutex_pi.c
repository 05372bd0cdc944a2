// A priority-inheriting mutex in shared memory, which the threads of one process contend for, then those
// of two.
#include "thread.h"
#include <sys/wait.h>
static struct { pthread_mutex_t mutex; int value; } *s;
static void *adds(void *none) {
    (void)none;
    for (int i = 0; i < 200; i++) {
        pthread_mutex_lock(&s->mutex);
        int value = s->value;
        if (i % 8 == 0) sched_yield();
        s->value = value + 1;
        pthread_mutex_unlock(&s->mutex);
    }
    return NULL;
}
static void both_add(void) {
    pthread_t thread = start(adds, 0);
    adds(NULL);
    join(thread);
}
int main(void) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
    s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutex_init(&s->mutex, &attr);
    both_add();
    printf("%d\n", s->value);
    int child = fork();
    both_add();
    if (!child) return 0;
    waitpid(child, NULL, 0);
    printf("%d\n", s->value);
}
