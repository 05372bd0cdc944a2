// The rseq area of libc tells a plausible processor or that there is none; a second one is refused.
#include "futex.h"
#include <sys/rseq.h>
static void *look(void *unused) {
    struct rseq *area = (void *)((char *)__builtin_thread_pointer() + __rseq_offset);
    static struct rseq mine __attribute__((aligned(32)));
    int odd = 0;
    for (int i = 0; i < 100; i++) {
        int cpu = *(volatile int *)&area->cpu_id;
        odd += cpu < -2 || cpu >= CPU_SETSIZE;
        if (i % 10 == 0) sched_yield();
    }
    odd += syscall(SYS_rseq, &mine, 32, 0, 0x53053053) != -1;
    return POINTER(odd);
}
int main(void) {
    printf("%ld\n", (long)look(NULL));
    printf("%ld\n", join(start(look, 0)));
    printf("%ld\n", join(start(look, 0)));
}
