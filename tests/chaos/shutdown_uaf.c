// The queue is freed while its worker may still look at it.
#include "bug.h"
typedef struct { volatile int stop; volatile long done; } Queue;
static Queue *queue;
static atomic_int ended;
static void *worker(void *arg) {
    Queue *q = queue;
    while (!q->stop) {
        work(50);
        if (q->done < 0) struck("used after it was freed");
        q->done++;
        usleep(1000);
    }
    ended = 1;
    return 0;
}
int main(void) {
    queue = calloc(1, sizeof *queue);
    pthread_t t = run(worker, 0);
    pthread_detach(t);
    usleep(5000);
    queue->stop = 1;
    usleep(5000); // it has seen that by now
    queue->done = -1;
    free(queue);
    usleep(10000);
    if (!ended) struck("the worker outlives its queue");
}
