// Process-shared mutex, condition and barrier between three processes of two threads each.
#include "thread.h"
#include <sys/wait.h>
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    pthread_barrier_t barrier;
    int turn;
    uint64_t hash;
} *s;
static int process;
static void *play(void *n) {
    int me = process * 2 + NUMBER(n);
    pthread_barrier_wait(&s->barrier);
    for (int i = 0; i < 30; i++) {
        pthread_mutex_lock(&s->mutex);
        while (s->turn % 6 != me) pthread_cond_wait(&s->cond, &s->mutex);
        s->hash = s->hash * 31 + me + i;
        s->turn++;
        pthread_cond_broadcast(&s->cond);
        pthread_mutex_unlock(&s->mutex);
    }
    return NULL;
}
int main(void) {
    pthread_mutexattr_t m;
    pthread_condattr_t c;
    pthread_barrierattr_t b;
    pthread_mutexattr_init(&m), pthread_mutexattr_setpshared(&m, 1);
    pthread_condattr_init(&c), pthread_condattr_setpshared(&c, 1);
    pthread_barrierattr_init(&b), pthread_barrierattr_setpshared(&b, 1);
    s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutex_init(&s->mutex, &m);
    pthread_cond_init(&s->cond, &c);
    pthread_barrier_init(&s->barrier, &b, 6);
    for (process = 0; process < 2; process++)
        if (!fork()) break;
    pthread_t x = start(play, 0), y = start(play, 1);
    join(x), join(y);
    if (process < 2) _exit(0);
    while (wait(NULL) > 0) {}
    printf("%d %lx\n", s->turn, s->hash);
}
