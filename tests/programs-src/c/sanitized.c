// For the sanitizers: with an error of the kind that is named, or without one, with threads or not.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static long shared, guarded;
static volatile long racing;

static void *count(void *unused) {
    for (int n = 0; n < 3000; n++) {
        pthread_mutex_lock(&lock);
        guarded += n & 3;
        pthread_mutex_unlock(&lock);
        __atomic_fetch_add(&shared, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}
static void *race(void *unused) {
    for (int n = 0; n < 1000; n++) racing++;
    return NULL;
}
static void *use_after(void *block) {
    free(block);
    return NULL;
}

static void on_two(void *(*run)(void *)) {
    pthread_t threads[4];
    for (int n = 0; n < 4; n++) pthread_create(&threads[n], NULL, run, NULL);
    for (int n = 0; n < 4; n++) pthread_join(threads[n], NULL);
}

int main(int argc, char **argv) {
    const char *kind = argc > 1 ? argv[1] : "none";
    setvbuf(stdout, NULL, _IONBF, 0);
    char *blocks[200];
    for (int n = 0; n < 200; n++) memset(blocks[n] = malloc(n * 16 + 1), n, n * 16 + 1);
    long sum = 0;
    for (int n = 0; n < 200; n++) sum += blocks[n][n * 16 / 2], free(blocks[n]);
    printf("sum %ld\n", sum);
    if (!strcmp(kind, "threads")) { on_two(count); printf("%ld %ld\n", shared, guarded); }
    if (!strcmp(kind, "fork")) {
        pid_t child = fork();
        if (!child) { char *p = malloc(10); p[3] = 1; free(p); printf("child\n"); fflush(stdout); _exit(3); }
        int status; waitpid(child, &status, 0); printf("status %d\n", WEXITSTATUS(status));
    }
    if (!strcmp(kind, "overflow")) { volatile int at = 10; char *p = malloc(10); p[at] = 1; free(p); }
    if (!strcmp(kind, "after-free")) { char *volatile p = malloc(10); free(p); printf("%d\n", p[3]); }
    if (!strcmp(kind, "threads-after-free")) {
        char *volatile p = malloc(100); pthread_t thread;
        pthread_create(&thread, NULL, use_after, p); pthread_join(thread, NULL); p[5] = 1;
    }
    if (!strcmp(kind, "leak")) { char *volatile p = malloc(1000); p[0] = 1; p = NULL; }
    if (!strcmp(kind, "race")) { on_two(race); }
    if (!strcmp(kind, "lock-order")) {
        pthread_mutex_lock(&lock); pthread_mutex_lock(&other); pthread_mutex_unlock(&other); pthread_mutex_unlock(&lock);
        pthread_mutex_lock(&other); pthread_mutex_lock(&lock); pthread_mutex_unlock(&lock); pthread_mutex_unlock(&other);
    }
    printf("end\n");
    return 0;
}
