// Robust lists that end nowhere, go in circles or are no memory at all: the exit survives them.
#include "futex.h"
static struct robust_list_head head;
static struct robust_list a, b;
static void *exits(void *how) {
    switch (NUMBER(how)) {
    case 0: head.list.next = (void *)8; break;
    case 1: head.list.next = &a, a.next = &b, b.next = &a; break;
    case 2: head.list.next = &head.list, head.list_op_pending = (void *)0x123456789abc; break;
    case 3: head.list.next = &a, a.next = NULL, head.futex_offset = 1L << 50; break;
    }
    syscall(SYS_set_robust_list, NUMBER(how) == 4 ? (void *)64 : &head, sizeof head);
    return how;
}
int main(void) {
    for (int i = 0; i < 5; i++) printf("%ld\n", join(start(exits, i)));
}
