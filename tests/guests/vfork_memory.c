// What a child of vfork does to memory, mappings and the break is done in its parent, which waits for it meanwhile.
#include "proc.h"
static volatile int data;
int main(void) {
    volatile int stack = 0;
    char *volatile map = NULL, *volatile top = NULL;
    volatile char *heap = malloc(100000);
    pid_t pid = vfork();
    if (!pid) {
        usleep(20000); // the parent does not get ahead
        data = 1, stack = 2, heap[99999] = 3;
        map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        map[7] = 4;
        top = sbrk(3 * PAGE);
        top[PAGE] = 5;
        _exit(6);
    }
    printf("%d %d %d %d %d\n", data, stack, heap[99999], map[7], top[PAGE]);
    printf("break kept %d\n", sbrk(0) == top + 3 * PAGE);
    reap("child", pid);
    pid = vfork();
    if (!pid) {
        munmap(map, PAGE);
        raise(SIGKILL);
    }
    printf("unmapped %d\n", mprotect(map, PAGE, PROT_READ) == -1 && errno == ENOMEM);
    reap("child", pid);
}
