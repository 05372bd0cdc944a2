// A process-shared mutex and condition in shared memory, used by the threads of one process.
#include "thread.h"
struct shared { pthread_mutex_t mutex; pthread_cond_t cond; int turn, count; } *s;
static void *player(void *n) {
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&s->mutex);
        while (s->turn != NUMBER(n)) pthread_cond_wait(&s->cond, &s->mutex);
        s->count = s->count * 3 + NUMBER(n);
        s->turn = (s->turn + 1) % 3;
        pthread_cond_broadcast(&s->cond);
        pthread_mutex_unlock(&s->mutex);
    }
    return NULL;
}
int main(void) {
    s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    PTRY(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED));
    pthread_mutex_init(&s->mutex, &mutex);
    pthread_condattr_t cond;
    pthread_condattr_init(&cond);
    PTRY(pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED));
    pthread_cond_init(&s->cond, &cond);
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(player, i);
    for (int i = 0; i < 3; i++) join(t[i]);
    printf("%d\n", s->count);
}
