// A thread that gives a lock back only to take it again at once, and keeps it while it sleeps, does not
// keep it from another one for ever.
#include "thread.h"

static sem_t lock;
static char room[4 << 20];

// One instruction, during which the other thread can take the lock if it runs at all.
static void fill(void) {
    void *at = room;
    size_t count = sizeof room;
    asm volatile("rep stosb" : "+D"(at), "+c"(count) : "a"(1) : "memory");
}

static void *greedy(void *unused) {
    for (;;) {
        while (sem_wait(&lock)) {}
        usleep(100);
        sem_post(&lock);
        fill();
    }
    return unused;
}

int main(void) {
    sem_init(&lock, 0, 1);
    start(greedy, 0);
    for (int i = 0; i < 10; i++) {
        usleep(3000);
        while (sem_wait(&lock)) {}
        printf("got it\n");
        sem_post(&lock);
    }
}
