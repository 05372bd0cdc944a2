// Fork handlers run, prepare in reverse order, parent and child in order; a lock is taken over.
#include "thread.h"
#include <sys/wait.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char log_[200];
#define SAY(what) static void what(void) { strcat(log_, " " #what); }
SAY(prepare1) SAY(parent1) SAY(child1) SAY(prepare2) SAY(parent2) SAY(child2)
static void lock(void) { pthread_mutex_lock(&mutex); }
static void unlock(void) { pthread_mutex_unlock(&mutex); }
static _Atomic int stop;
static void *locks(void *unused) {
    for (step(); !stop; sched_yield()) lock(), unlock();
    return NULL;
}
int main(void) {
    pthread_atfork(lock, unlock, unlock);
    pthread_atfork(prepare1, parent1, child1);
    pthread_atfork(prepare2, parent2, child2);
    pthread_t t = start(locks, 0);
    await(1);
    int status;
    if (!fork()) {
        printf("child:%s, lock %d\n", log_, pthread_mutex_trylock(&mutex));
        _exit(4);
    }
    wait(&status);
    printf("parent:%s, %d\n", log_, WEXITSTATUS(status));
    stop = 1;
    join(t);
}
