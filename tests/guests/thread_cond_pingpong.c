// Two threads take turns a thousand times through a condition variable.
#include "thread.h"
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int turn;
static uint64_t log_;
static void *play(void *me) {
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < 1000; i++) {
        while (turn != NUMBER(me)) pthread_cond_wait(&cond, &mutex);
        log_ = log_ * 31 + i * 2 + turn;
        turn = !turn;
        pthread_cond_signal(&cond);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t ping = start(play, 0), pong = start(play, 1);
    join(ping);
    join(pong);
    printf("%lx\n", log_);
}
