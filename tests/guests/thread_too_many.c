// Threads until there can be no more: the program goes on with those it has.
// ignored: it takes long
// timeout: 120
#include "thread.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *wait_for_lock(void *arg) {
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}
int main(void) {
    enum { MOST = 12000 };
    static pthread_t threads[MOST];
    static char bytes[1 << 16];
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
    pthread_mutex_lock(&lock);
    int made = 0;
    while (made < MOST && !pthread_create(threads + made, &attr, wait_for_lock, NULL)) made++;
    int from = open("/dev/urandom", O_RDONLY), whole = 0;
    for (int i = 0; i < 100; i++) whole += read(from, bytes, sizeof bytes) == sizeof bytes;
    printf("enough: %d, reads: %d\n", made > 5000, whole);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < made; i++) pthread_join(threads[i], NULL);
    puts("joined");
}
