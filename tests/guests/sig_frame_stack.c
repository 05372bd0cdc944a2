// What a handler's frame says of the alternate stack: as it was set, not whether it is in use.
#include "guest.h"

static char *mine;

static void show(int sig, siginfo_t *info, void *context) {
    stack_t *in = &((ucontext_t *)context)->uc_stack, now;
    sigaltstack(NULL, &now);
    printf("frame: %d %x %ld\n", in->ss_sp == mine, in->ss_flags, (long)in->ss_size);
    printf("now: %d %x %ld\n", now.ss_sp == mine, now.ss_flags, (long)now.ss_size);
}

int main(void) {
    mine = malloc(1 << 16);
    handle(SIGUSR1, show, SA_ONSTACK);
    raise(SIGUSR1);
    int flags[] = {0, SS_ONSTACK, 1 << 31, 1 << 31 | SS_ONSTACK, SS_DISABLE, 1 << 31 | SS_DISABLE};
    for (int i = 0; i < 6; i++) {
        stack_t stack = {mine, flags[i], 1 << 16};
        TRY(sigaltstack(&stack, NULL));
        raise(SIGUSR1);
        raise(SIGUSR1);
    }
}
