// A mutex, a condition and a barrier shared between processes.
// libs: -pthread
#include "proc.h"
#include <pthread.h>
static struct shared { pthread_mutex_t mutex; pthread_cond_t changed; pthread_barrier_t barrier; long sum; int turn, at; } *shared;
int main(void) {
    shared = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    pthread_barrierattr_t barrier;
    pthread_mutexattr_init(&mutex), pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_condattr_init(&condition), pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    pthread_barrierattr_init(&barrier), pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &mutex);
    pthread_cond_init(&shared->changed, &condition);
    pthread_barrier_init(&shared->barrier, &barrier, 3);
    pid_t pids[3];
    for (int me = 0; me < 3; me++)
        pids[me] = CHILD({
            for (int i = 0; i < 3000; i++) {
                pthread_mutex_lock(&shared->mutex);
                shared->sum += me * i;
                pthread_mutex_unlock(&shared->mutex);
            }
            __atomic_add_fetch(&shared->at, 1, __ATOMIC_SEQ_CST);
            int serial = pthread_barrier_wait(&shared->barrier) != 0;
            if (shared->at != 3) puts("the barrier let somebody through");
            pthread_mutex_lock(&shared->mutex);
            while (shared->turn != me) pthread_cond_wait(&shared->changed, &shared->mutex);
            printf("turn %d sum %ld\n", me, shared->sum);
            shared->turn++;
            pthread_cond_broadcast(&shared->changed);
            pthread_mutex_unlock(&shared->mutex);
            exit(serial);
        });
    int serials = 0, status;
    for (int i = 0; i < 3; i++) waitpid(pids[i], &status, 0), serials += WEXITSTATUS(status);
    printf("one serial process: %d\n", serials);
}
