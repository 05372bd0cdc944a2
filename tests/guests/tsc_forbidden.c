// PR_SET_TSC: reading the time stamp counter is a fault, in this thread and in those it makes.
#include "thread.h"
#include <x86intrin.h>

static sigjmp_buf back;

static void fault(int sig, siginfo_t *info, void *context) {
    (void)sig;
    printf("fault, code %d, address %p, trap %lld\n", info->si_code, info->si_addr,
           REG(context, TRAPNO));
    siglongjmp(back, 1);
}

static void look(const char *who) {
    unsigned aux;
    int state = -1;
    TRY(prctl(PR_GET_TSC, &state));
    printf("%s: state %d\n", who, state);
    if (!sigsetjmp(back, 1)) printf("rdtsc: %d\n", __rdtsc() != 0);
    if (!sigsetjmp(back, 1)) printf("rdtscp: %d\n", __rdtscp(&aux) != 0);
}

static void *thread(void *arg) {
    look("thread");
    prctl(PR_SET_TSC, PR_TSC_ENABLE);
    look("thread");
    return arg;
}

int main(void) {
    handle(SIGSEGV, fault, 0);
    look("at first");
    TRY(prctl(PR_SET_TSC, 3));
    TRY(prctl(PR_GET_TSC, NULL));
    TRY(prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
    look("forbidden");
    pthread_t id;
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
    look("still");
}
