// A runtime with a collector that stops the world: it asks all threads to pause and waits until they
// do. Threads look at safepoint() in their loops. One loop does not.
#include <pthread.h>
#include <stdio.h>

enum phase { RUNNING, STOPPING, COLLECTING };
enum { LINES = 400, ROOM = 16, HEAP = 25 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    volatile enum phase phase;
    int threads, threads_paused, allocated, collections;
} gc = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER};

static volatile int lines_read, lines_parsed;

static void change_phase(enum phase next) {
    gc.phase = next;
    pthread_cond_broadcast(&gc.changed);
}

static void pause_here(void) {
    gc.threads_paused++;
    pthread_cond_broadcast(&gc.changed);
    while (gc.phase != RUNNING)
        pthread_cond_wait(&gc.changed, &gc.lock);
    gc.threads_paused--;
}

static void safepoint(void) {
    if (gc.phase == RUNNING)
        return;
    pthread_mutex_lock(&gc.lock);
    if (gc.phase != RUNNING)
        pause_here();
    pthread_mutex_unlock(&gc.lock);
}

static void collect(void) {
    change_phase(STOPPING);
    while (gc.threads_paused < gc.threads - 1)
        pthread_cond_wait(&gc.changed, &gc.lock);
    change_phase(COLLECTING);
    gc.allocated = 0;
    gc.collections++;
    change_phase(RUNNING);
}

static void allocate(void) {
    pthread_mutex_lock(&gc.lock);
    while (gc.phase != RUNNING)
        pause_here();
    if (gc.allocated == HEAP)
        collect();
    gc.allocated++;
    pthread_mutex_unlock(&gc.lock);
}

static void begin_thread(void) {
    pthread_mutex_lock(&gc.lock);
    while (gc.phase != RUNNING)
        pthread_cond_wait(&gc.changed, &gc.lock);
    gc.threads++;
    pthread_mutex_unlock(&gc.lock);
}

static void end_thread(void) {
    pthread_mutex_lock(&gc.lock);
    gc.threads--;
    pthread_cond_broadcast(&gc.changed);
    pthread_mutex_unlock(&gc.lock);
}

static void wait_for_room(void) {
    while (lines_read - lines_parsed == ROOM) {
        safepoint();
    }
}

static void wait_for_line(void) {
    while (lines_read == lines_parsed) {
    }
}

static void *read_lines(void *arg) {
    begin_thread();
    for (int i = 0; i < LINES; i++) {
        char line[40];
        wait_for_room();
        snprintf(line, sizeof line, "line %d", i);
        allocate();
        lines_read++;
    }
    end_thread();
    return arg;
}

static void *parse_lines(void *arg) {
    begin_thread();
    for (int i = 0; i < LINES; i++) {
        char tree[40];
        wait_for_line();
        safepoint();
        snprintf(tree, sizeof tree, "(line %d)", i);
        lines_parsed++;
    }
    end_thread();
    return arg;
}

int main(void) {
    pthread_t reader, parser;
    pthread_create(&reader, NULL, read_lines, NULL);
    pthread_create(&parser, NULL, parse_lines, NULL);
    pthread_join(reader, NULL);
    pthread_join(parser, NULL);
    printf("%d lines, %d collections\n", lines_parsed, gc.collections);
    return 0;
}
