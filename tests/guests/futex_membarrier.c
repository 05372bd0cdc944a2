// What membarrier offers, registration first, and an asymmetric handshake that never fails.
#include "futex.h"
#include <linux/membarrier.h>
static long barrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }
static volatile int reader_in, writer_wants, stop;
static _Atomic int inside, violations;
static void critical(void) {
    violations += atomic_fetch_add(&inside, 1) != 0;
    inside--;
}
static void *reader(void *unused) {
    while (!stop) {
        reader_in = 1; // no fence here but the compiler's: the writer's barrier makes one
        if (!writer_wants) critical();
        reader_in = 0;
    }
    return NULL;
}
int main(void) {
    printf("%d\n", barrier(MEMBARRIER_CMD_QUERY) >= 0);
    TRY(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
    TRY(barrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED));
    TRY(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
    TRY(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE));
    TRY(barrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE));
    TRY(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE));
    TRY(barrier(MEMBARRIER_CMD_GLOBAL));
    TRY(barrier(1 << 30));
    TRY(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 1, 0));
    pthread_t t = start(reader, 0);
    for (int i = 0; i < 300; i++) {
        writer_wants = 1;
        barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
        if (!reader_in) critical();
        writer_wants = 0;
    }
    stop = 1;
    join(t);
    printf("%d\n", violations);
}
