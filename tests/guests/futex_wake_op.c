// FUTEX_WAKE_OP: each operation and each comparison, with and without a shifted operand.
#include "futex.h"
static void op(const char *name, int op, int arg, int cmp, int cmparg) {
    int first = 0, second = 12;
    long result = futex(&first, FUTEX_WAKE_OP | PRIVATE, 1, COUNT(1), &second, FUTEX_OP(op, arg, cmp, cmparg));
    printf("%s: %ld %s, now %d\n", name, result, result < 0 ? strerrorname_np(errno) : "", second);
}
int main(void) {
    op("set", FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 12);
    op("add", FUTEX_OP_ADD, 5, FUTEX_OP_CMP_NE, 12);
    op("add minus one", FUTEX_OP_ADD, 0xfff, FUTEX_OP_CMP_LT, 12);
    op("or", FUTEX_OP_OR, 3, FUTEX_OP_CMP_LE, 12);
    op("andn", FUTEX_OP_ANDN, 4, FUTEX_OP_CMP_GT, 12);
    op("xor", FUTEX_OP_XOR, 6, FUTEX_OP_CMP_GE, 12);
    op("set shifted", FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT, 20, FUTEX_OP_CMP_EQ, 0);
    op("xor top bit", FUTEX_OP_XOR | FUTEX_OP_OPARG_SHIFT, 31, FUTEX_OP_CMP_EQ, 0);
    op("no operation", 7, 1, FUTEX_OP_CMP_EQ, 0);
    op("no comparison", FUTEX_OP_SET, 1, 9, 0);
    int word = 0;
    TRY(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, COUNT(1), (char *)&word + 2, 0));
    TRY(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, COUNT(1), (void *)16, 0));
}
