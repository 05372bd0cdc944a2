// A moving collector that stops the world: mutators poll a flag, or a page that is protected while
// they are to stop (`page`: they park in the SIGSEGV handler; `signal`: a signal parks them where
// they are and they leave by a handler). Objects form lists that every collection copies; the sums
// of the lists must stay what the mutators made them.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MUTATORS = 4, ROUNDS = 5000, SPACE = 1 << 18, KEEP = 100 };

struct node { struct node *next; long value; };
struct mutator { pthread_t thread; struct node *root; char *free, *end; long length, sum; atomic_int parked, done; };

static struct mutator mutators[MUTATORS];
static __thread struct mutator *self;
static char *spaces[2][MUTATORS];
static int current, by_page, by_signal, enough = 30;
static atomic_int stop, collections;
static volatile char *poll_page;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go = PTHREAD_COND_INITIALIZER, stopped = PTHREAD_COND_INITIALIZER;

static void park(void) {
    pthread_mutex_lock(&lock);
    self->parked = 1;
    pthread_cond_signal(&stopped);
    while (stop) pthread_cond_wait(&go, &lock);
    self->parked = 0;
    pthread_mutex_unlock(&lock);
}

// Safepoints are places in code that calls nothing, so that the handler may take a lock.
static inline void safepoint(void) {
    if (by_page) (void)*poll_page;
    else if (!by_signal && atomic_load_explicit(&stop, memory_order_relaxed)) park();
}

static void on_segv(int number, siginfo_t *info, void *context) {
    if (info->si_addr < (void *)poll_page || info->si_addr >= (void *)(poll_page + 4096)) abort();
    park();
}

// Signals park a thread anywhere; allocation is shielded, the rest of a mutator's state is its list.
static void on_signal(int number) {
    self->parked = 1;
    sigset_t wait_for; sigfillset(&wait_for); sigdelset(&wait_for, SIGUSR2);
    while (stop) sigsuspend(&wait_for);
    self->parked = 0;
}
static void on_resume(int number) {}

static void shield(int how) {
    if (!by_signal) return;
    sigset_t set; sigemptyset(&set); sigaddset(&set, SIGUSR1);
    pthread_sigmask(how, &set, NULL);
}

static int push(long value) {
    if (self->free + sizeof(struct node) > self->end) return 0;
    struct node *node = (struct node *)self->free;
    self->free += sizeof *node;
    *node = (struct node){self->root, value};
    self->root = node;
    self->length++; self->sum += value;
    if (self->length > KEEP) { // forget the newer half of the list: garbage
        while (self->length > KEEP / 2) { self->sum -= self->root->value; self->root = self->root->next; self->length--; }
    }
    return 1;
}

static void *mutate(void *mutator) {
    self = mutator;
    unsigned state = self - mutators + 1;
    for (long n = 0; n < ROUNDS || collections < enough; n++) {
        shield(SIG_BLOCK);
        state = state * 1103515245 + 12345;
        int full = !push(state >> 16);
        shield(SIG_UNBLOCK);
        safepoint();
        while (full && !stop && self->free + sizeof(struct node) > self->end) { safepoint(); sched_yield(); }
    }
    shield(SIG_BLOCK);
    pthread_mutex_lock(&lock); self->done = 1; pthread_cond_signal(&stopped); pthread_mutex_unlock(&lock);
    return NULL;
}

static void wait_until_stopped(void) {
    if (by_signal) return;
    pthread_mutex_lock(&lock);
    for (int n = 0; n < MUTATORS; n++)
        while (!mutators[n].parked && !mutators[n].done) pthread_cond_wait(&stopped, &lock);
    pthread_mutex_unlock(&lock);
}

static void copy_all(void) {
    int next = !current;
    for (int n = 0; n < MUTATORS; n++) {
        struct mutator *m = &mutators[n];
        char *to = spaces[next][n];
        struct node **link = &m->root;
        for (struct node *node = m->root; node; node = node->next) {
            *link = memcpy(to, node, sizeof *node);
            link = &(*link)->next;
            to += sizeof *node;
        }
        memset(spaces[current][n], 0xdb, SPACE);
        m->free = to; m->end = spaces[next][n] + SPACE;
    }
    current = next;
}

static int all_done(void) { for (int n = 0; n < MUTATORS; n++) if (!mutators[n].done) return 0; return 1; }

static void *collect(void *unused) {
    while (!all_done()) {
        usleep(500);
        int signalled[MUTATORS] = {0};
        stop = 1;
        if (by_page) mprotect((void *)poll_page, 4096, PROT_NONE);
        for (int n = 0; by_signal && n < MUTATORS; n++)
            if (!mutators[n].done && !pthread_kill(mutators[n].thread, SIGUSR1)) signalled[n] = 1;
        // One that ends now keeps the signal pending, blocked: it counts as stopped.
        for (int n = 0; n < MUTATORS; n++)
            while (signalled[n] && !mutators[n].parked && !mutators[n].done) usleep(100);
        wait_until_stopped();
        copy_all();
        collections++;
        pthread_mutex_lock(&lock);
        stop = 0;
        if (by_page) mprotect((void *)poll_page, 4096, PROT_READ);
        pthread_cond_broadcast(&go);
        pthread_mutex_unlock(&lock);
        for (int n = 0; n < MUTATORS; n++)
            while (signalled[n] && mutators[n].parked) { pthread_kill(mutators[n].thread, SIGUSR2); usleep(100); }
    }
    return NULL;
}

int main(int argc, char **argv) {
    by_page = argc > 1 && !strcmp(argv[1], "page");
    by_signal = argc > 1 && !strcmp(argv[1], "signal");
    if (by_signal) enough = 10;
    poll_page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, on_resume);
    for (int n = 0; n < MUTATORS; n++) {
        for (int s = 0; s < 2; s++) spaces[s][n] = mmap(NULL, SPACE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mutators[n].free = spaces[0][n]; mutators[n].end = mutators[n].free + SPACE;
    }
    shield(SIG_BLOCK); // a thread that has only begun does not know which mutator it is
    for (int n = 0; n < MUTATORS; n++) pthread_create(&mutators[n].thread, NULL, mutate, &mutators[n]);
    pthread_t collector;
    pthread_create(&collector, NULL, collect, NULL);
    pthread_join(collector, NULL);
    for (int n = 0; n < MUTATORS; n++) {
        pthread_join(mutators[n].thread, NULL);
        long sum = 0, length = 0;
        for (struct node *node = mutators[n].root; node; node = node->next) { sum += node->value; length++; }
        printf("mutator %d: %s\n", n, sum == mutators[n].sum && length == mutators[n].length ? "intact" : "broken");
    }
    printf("collected %s\n", collections >= enough ? "enough" : "too little");
}
