// get_robust_list and set_tid_address as other threads see them.
#include "futex.h"
static struct robust_list_head head = {{&head.list}};
static _Atomic int tid, mine;
static void *run(void *unused) {
    struct robust_list_head *at;
    size_t size;
    TRY(syscall(SYS_get_robust_list, 0, &at, &size));
    printf("%zu has one from libc %d\n", size, at != NULL);
    TRY(syscall(SYS_set_robust_list, &head, sizeof head));
    mine = 1;
    TRY(syscall(SYS_set_tid_address, &mine) == gettid()); // join will not see the end
    tid = gettid();
    step();
    await(2);
    return NULL;
}
int main(void) {
    start(run, 0);
    await(1);
    struct robust_list_head *at;
    size_t size;
    TRY(syscall(SYS_get_robust_list, tid, &at, &size));
    printf("%zu %d\n", size, at == &head);
    TRY(syscall(SYS_get_robust_list, 0, &at, NULL));
    TRY(syscall(SYS_get_robust_list, 0x3fffffff, &at, &size));
    step();
    while (mine) futex(&mine, FUTEX_WAIT, 1, NULL, NULL, 0);
    printf("cleared %d\n", mine);
}
