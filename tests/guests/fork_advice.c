// MADV_DONTFORK leaves a mapping out of the child, MADV_WIPEONFORK empties it there.
#include "proc.h"
static sigjmp_buf back;
static void segv(int sig) { siglongjmp(back, 1); }
static void look(const char *who, volatile char *page) {
    if (sigsetjmp(back, 1))
        printf("%s: fault\n", who);
    else
        printf("%s: %d\n", who, *page);
}
int main(void) {
    signal(SIGSEGV, segv);
    char *space = mmap(0, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(space, 7, 5 * PAGE);
    TRY(madvise(space + PAGE, PAGE, MADV_DONTFORK));
    TRY(madvise(space + 3 * PAGE, PAGE, MADV_WIPEONFORK));
    reap("child", CHILD({
             for (int i = 0; i < 5; i++) look("child", space + i * PAGE);
             reap("grandchild", CHILD(space[3 * PAGE] = 9; reap("third", CHILD(look("third", space + 3 * PAGE)))));
         }));
    for (int i = 0; i < 5; i++) look("parent", space + i * PAGE);
    TRY(madvise(space + PAGE, PAGE, MADV_DOFORK));
    TRY(madvise(space + 3 * PAGE, PAGE, MADV_KEEPONFORK));
    reap("child", CHILD(look("child", space + PAGE); look("child", space + 3 * PAGE)));
}
