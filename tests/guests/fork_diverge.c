// After fork, parent and child change the same variables, on stack, heap and in the data section, each for itself.
#include "proc.h"
static int data = 1;
int main(void) {
    int stack = 2, *heap = malloc(sizeof *heap);
    *heap = 3;
    Gate child_done = gate(), parent_done = gate();
    pid_t pid = fork();
    if (!pid) {
        data += 10, stack += 10, *heap += 10;
        pass(child_done);
        await(parent_done);
        printf("child %d %d %d\n", data, stack, *heap);
        return 7;
    }
    await(child_done);
    printf("parent %d %d %d\n", data, stack, *heap);
    data += 100, stack += 100, *heap += 100;
    pass(parent_done);
    reap("child", pid);
    printf("parent %d %d %d\n", data, stack, *heap);
}
