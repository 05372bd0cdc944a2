// A test of some 50 ms: four threads take turns at work of their own and at a table they share.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
enum { SLOTS = 512, ROUNDS = 4000 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned table[SLOTS];
static unsigned work(unsigned seed) {
    char text[64];
    unsigned sum = seed;
    for (int i = 0; i < 60; i++) {
        memset(text, sum & 0xff, sizeof(text));
        for (int k = 0; k < 48; k++) sum = sum * 31 + text[k];
    }
    return sum;
}
static void *worker(void *arg) {
    unsigned seed = (unsigned)(size_t)arg;
    for (int i = 0; i < ROUNDS; i++) {
        seed = work(seed + i);
        pthread_mutex_lock(&lock);
        table[seed % SLOTS]++;
        pthread_mutex_unlock(&lock);
    }
    return 0;
}
int main(void) {
    pthread_t t[4];
    for (size_t i = 0; i < 4; i++) pthread_create(&t[i], 0, worker, (void *)i);
    for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
    unsigned all = 0;
    for (int i = 0; i < SLOTS; i++) all += table[i];
    return all != 4 * ROUNDS;
}
