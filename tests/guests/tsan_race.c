// ThreadSanitizer finds a race.
// sanitizer: thread
// build: -pthread
// env: TSAN_OPTIONS=symbolize=0
// nondeterministic:
// exit: 66
// timeout: 60
#include "guest.h"
#include <pthread.h>
static int shared;
static void *work(void *arg) {
    for (int i = 0; i < 1000; i++) shared++;
    return NULL;
}
int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    printf("%d\n", shared > 0);
}
