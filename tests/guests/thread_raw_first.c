// A raw thread whose creator leaves first; it goes on alone and ends the process.
// build: -nostdlib -static -fno-stack-protector -fcf-protection=none
// exit: 6
#include "raw.h"
static char stack[8192] __attribute__((aligned(64)));
static int leader;

static void body(void) {
    for (long now; (now = __atomic_load_n(&leader, __ATOMIC_ACQUIRE));)
        call(SYS_futex, &leader, FUTEX_WAIT, now, 0, 0, 0);
    show("the leader left, tid cleared", leader);
    show("I am not it", call(SYS_gettid) != call(SYS_getpid));
    call(SYS_exit_group, 6);
}

void start(void) {
    leader = call(SYS_set_tid_address, &leader);
    show("set_tid_address gives the tid", leader == call(SYS_gettid));
    thread(THREAD, stack + 8192, 0, 0, 0, body);
    call(SYS_exit, 1);
}
