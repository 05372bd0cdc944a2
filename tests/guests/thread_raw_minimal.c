// Threads without libc made with the bare flags: no thread pointer, no word cleared at exit.
// build: -nostdlib -static -fno-stack-protector -fcf-protection=none
#include "raw.h"
static char stacks[5][8192] __attribute__((aligned(64)));
static int ready, sums[5], next, same_fs;
static long fs;

static void body(void) {
    long mine = 0;
    int me = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
    call(SYS_arch_prctl, 0x1003, &mine); // ARCH_GET_FS: the creator's, which was inherited
    __atomic_fetch_add(&same_fs, mine == fs, __ATOMIC_RELAXED);
    for (int i = 0; i < 10000; i++) sums[me] += i;
    __atomic_fetch_add(&ready, 1, __ATOMIC_RELEASE);
    call(SYS_futex, &ready, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    call(SYS_exit, 7);
}

void start(void) {
    call(SYS_arch_prctl, 0x1002, &fs);
    call(SYS_arch_prctl, 0x1003, &fs);
    int made = 0;
    for (int i = 0; i < 5; i++) made += thread(THREAD, stacks[i] + 8192, 0, 0, 0, body) > 0;
    show("made", made);
    for (int now; (now = __atomic_load_n(&ready, __ATOMIC_ACQUIRE)) < 5;)
        call(SYS_futex, &ready, FUTEX_WAIT_PRIVATE, now, 0, 0, 0);
    for (int i = 0; i < 5; i++) show("sum", sums[i]);
    show("same fs", same_fs);
    call(SYS_exit_group, 0);
}
