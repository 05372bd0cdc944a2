// Three processes of three threads each, which hand work to each other and end when it is done, or when
// whoever they work for has died.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
enum { WORKERS = 3, THREADS = 3, ITEMS = 150 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int queue[ITEMS], head, tail, closed;
static volatile sig_atomic_t alarms;
static void on_alarm(int signo) { (void)signo, alarms++; }
static void *works(void *pipe) {
    for (;;) {
        pthread_mutex_lock(&mutex);
        while (head == tail && !closed) pthread_cond_wait(&changed, &mutex);
        int item = head < tail ? queue[head++] : -1;
        pthread_mutex_unlock(&mutex);
        if (item < 0) return NULL;
        size_t size = 4096 * (1 + item % 5);
        unsigned char *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) _exit(3);
        for (size_t i = 0; i < size; i += 7) memory[i] = i * item;
        char line[32];
        int len = snprintf(line, sizeof line, "%d %d\n", item, memory[7]);
        munmap(memory, size);
        // A reader that has died shows as a signal, which kills.
        if (write(*(int *)pipe, line, len) != len) _exit(3);
    }
}
static void worker(int pipe) {
    signal(SIGALRM, on_alarm);
    struct itimerval often = {{0, 3000}, {0, 3000}};
    setitimer(ITIMER_REAL, &often, NULL);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, works, &pipe);
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&mutex);
        queue[tail++] = i;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    closed = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    if (fork() == 0) execl("/bin/echo", "echo", "done", NULL);
    wait(NULL);
    _exit(0);
}
int main(void) {
    int readers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        int ends[2];
        if (pipe(ends)) return 1;
        if (fork() == 0) {
            close(ends[0]);
            worker(ends[1]);
        }
        close(ends[1]);
        readers[i] = ends[0];
    }
    for (int i = 0; i < WORKERS; i++) {
        FILE *lines = fdopen(readers[i], "r");
        char line[64];
        int count = 0;
        while (fgets(line, sizeof line, lines)) count++;
        fclose(lines);
        printf("%d lines\n", count);
        fflush(stdout);
    }
    while (wait(NULL) > 0) continue;
}
