// Processes with threads that share memory, and short-lived ones, until somebody kills them.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static struct { pthread_mutex_t mutex; long count; _Atomic long free_count; } *shared;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count;
static void *works(void *name) {
    for (long i = 0;; i++) {
        pthread_mutex_lock(&mutex);
        count++;
        pthread_mutex_unlock(&mutex);
        shared->free_count++;
        if (i % 64 == 0) {
            if (pthread_mutex_lock(&shared->mutex)) pthread_mutex_consistent(&shared->mutex);
            long now = ++shared->count;
            pthread_mutex_unlock(&shared->mutex);
            char line[64];
            int len = snprintf(line, sizeof line, "%s %ld %ld\n", (char *)name, now, count);
            if (write(1, line, len) != len) _exit(3);
        }
    }
    return NULL;
}
int main(void) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutex_init(&shared->mutex, &attr);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            pthread_t thread;
            pthread_create(&thread, NULL, works, "first");
            works("second");
        }
    pthread_t thread;
    pthread_create(&thread, NULL, works, "of the parent");
    for (;;) {
        pid_t child = fork();
        if (child == 0) execl("/bin/echo", "echo", "child", NULL);
        waitpid(child, NULL, 0);
    }
}
