// Unnamed semaphores in shared memory order a ring buffer between one that makes and two that take.
// libs: -pthread
#include "proc.h"
#include <semaphore.h>
enum { SLOTS = 8, COUNT = 4000 };
static struct ring { sem_t free, full, take; int in, out, slots[SLOTS]; long sums[2]; } *ring;
static void taker(int me) {
    for (;;) {
        sem_wait(&ring->full);
        sem_wait(&ring->take);
        int value = ring->slots[ring->out++ % SLOTS];
        sem_post(&ring->take);
        sem_post(&ring->free);
        if (value < 0) exit(3);
        ring->sums[me] += value;
    }
}
int main(void) {
    ring = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(&ring->free, 1, SLOTS);
    sem_init(&ring->full, 1, 0);
    sem_init(&ring->take, 1, 1);
    pid_t pids[2];
    for (int i = 0; i < 2; i++) pids[i] = CHILD(taker(i));
    for (int i = 0; i < COUNT + 2; i++) {
        sem_wait(&ring->free);
        ring->slots[ring->in++ % SLOTS] = i < COUNT ? i : -1;
        sem_post(&ring->full);
    }
    reap("taker", pids[0]);
    reap("taker", pids[1]);
    printf("%ld\n", ring->sums[0] + ring->sums[1]);
}
