// A robust mutex in shared memory whose owner dies: the next one is told and makes it consistent, or loses it.
// libs: -pthread
#include "proc.h"
#include <pthread.h>
int main(void) {
    pthread_mutex_t *mutex = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int inherit = 0; inherit < 2; inherit++) {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        if (inherit) pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
        pthread_mutex_init(mutex, &attributes);
        Gate locked = gate();
        pid_t pid = CHILD(pthread_mutex_lock(mutex); pass(locked); usleep(3000); raise(SIGKILL));
        await(locked);
        printf("lock: %s\n", strerrorname_np(pthread_mutex_lock(mutex))); // waits for the death
        printf("consistent: %d\n", pthread_mutex_consistent(mutex));
        printf("unlock: %d\n", pthread_mutex_unlock(mutex));
        reap("owner", pid);
        reap("second owner", CHILD(pthread_mutex_lock(mutex); exit(2)));
        printf("lock: %s\n", strerrorname_np(pthread_mutex_lock(mutex)));
        pthread_mutex_unlock(mutex); // not made consistent
        printf("lock: %s\n", strerrorname_np(pthread_mutex_lock(mutex)));
    }
}
