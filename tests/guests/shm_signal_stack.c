// A handler whose alternate stack lies in memory that another process has written last.
// exit: 7
#include "proc.h"

static char *map;
#define SIZE (16 * PAGE)

static void fault(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)info, (void)context;
    char here;
    printf("on the shared stack: %d\n", &here > map && &here < map + SIZE);
    exit(7);
}

int main(void) {
    map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = map, .ss_size = SIZE};
    sigaltstack(&stack, NULL);
    handle(SIGSEGV, fault, SA_ONSTACK);
    handle(SIGUSR1, fault, SA_ONSTACK);
    memset(map, 1, SIZE);
    reap("fault", CHILD(*(volatile char *)8 = 1));
    reap("raised", CHILD(raise(SIGUSR1)));
    *(volatile char *)8 = 1;
}
