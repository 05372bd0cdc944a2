// Check, then act: two threads both see room for one more item. The program notices and exits with 3.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 2 };
static volatile int items;

__attribute__((noinline)) static int has_room(void) {
    return items < ROOM;
}

static void *produce(void *unused) {
    (void)unused;
    for (int i = 0; i < 2000; i++) {
        if (has_room()) __atomic_fetch_add(&items, 1, __ATOMIC_SEQ_CST);
        else items = 0;
        if (items > ROOM) {
            printf("there is room for %d items, but there are %d\n", ROOM, items);
            exit(3);
        }
    }
    return NULL;
}

int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, produce, NULL);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    return 0;
}
