// Threads without libc: clone with a stack, thread pointer, and a futex that the exit clears.
// build: -nostdlib -static -fno-stack-protector -fcf-protection=none
#include "raw.h"
static char stacks[4][16384] __attribute__((aligned(64)));
static struct tls { struct tls *self; long number; } tls[4];
static int child_tid[4], parent_tid[4], sum, tids[4];

static void body(void) {
    struct tls *mine;
    asm("mov %%fs:0, %0" : "=r"(mine));
    tids[mine->number] = call(SYS_gettid);
    for (int i = 0; i < 1000; i++) __atomic_fetch_add(&sum, mine->number, __ATOMIC_RELAXED);
    call(SYS_exit, 0);
}

void start(void) {
    for (long i = 0; i < 4; i++) {
        tls[i] = (struct tls){&tls[i], i + 1 > 3 ? 0 : i + 1};
        child_tid[i] = -1;
        thread(THREAD | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
               stacks[i] + sizeof stacks[i], &parent_tid[i], &child_tid[i], &tls[i], body);
    }
    for (int i = 0; i < 4; i++)
        for (int now; (now = __atomic_load_n(&child_tid[i], __ATOMIC_ACQUIRE));)
            call(SYS_futex, &child_tid[i], FUTEX_WAIT, now, 0, 0, 0);
    int same = 0;
    for (int i = 0; i < 4; i++) same += tids[tls[i].number] == parent_tid[i];
    show("sum", sum);
    show("tids", same);
    call(SYS_exit_group, 0);
}
