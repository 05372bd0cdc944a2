// A bounded queue with two producers, two consumers, and an orderly end.
#include "../bug.h"
enum { ROOM = 4, ITEMS = 60 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static int items[ROOM], head, length, closed;
static atomic_int taken, sum;
static void *producer(void *arg) {
    for (int i = 1; i <= ITEMS; i++) {
        pthread_mutex_lock(&lock);
        while (length == ROOM) pthread_cond_wait(&emptied, &lock);
        items[(head + length++) % ROOM] = i;
        pthread_cond_signal(&filled);
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
static void *consumer(void *arg) {
    for (;;) {
        pthread_mutex_lock(&lock);
        while (!length && !closed) pthread_cond_wait(&filled, &lock);
        if (!length) {
            pthread_mutex_unlock(&lock);
            return 0;
        }
        int item = items[head];
        head = (head + 1) % ROOM, length--;
        pthread_cond_signal(&emptied);
        pthread_mutex_unlock(&lock);
        taken++, sum += item;
    }
}
int main(void) {
    pthread_t p[2], c[2];
    for (int i = 0; i < 2; i++) p[i] = run(producer, 0), c[i] = run(consumer, 0);
    for (int i = 0; i < 2; i++) join(p[i]);
    pthread_mutex_lock(&lock);
    closed = 1;
    pthread_cond_broadcast(&filled);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 2; i++) join(c[i]);
    if (taken != 2 * ITEMS || sum != ITEMS * (ITEMS + 1)) struck("items are lost");
}
