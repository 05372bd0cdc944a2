// Shared memory is seen at once by both sides, private memory next to it is not; grandchildren share it, too.
#include "proc.h"
int main(void) {
    char *shared = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *private = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    Gate child_wrote = gate(), parent_wrote = gate();
    strcpy(shared, "by the parent");
    pid_t pid = CHILD({
        printf("child sees %s\n", shared);
        strcpy(shared + PAGE, "by the child");
        strcpy(private, "by the child");
        pass(child_wrote);
        await(parent_wrote);
        printf("child sees %s, private %s\n", shared, private);
        reap("grandchild", CHILD(strcpy(shared + 2 * PAGE, "by the grandchild")));
        munmap(shared, PAGE);
        mprotect(shared + PAGE, PAGE, PROT_READ);
    });
    await(child_wrote);
    printf("parent sees %s, private [%s]\n", shared + PAGE, private);
    strcpy(shared, "by the parent again");
    pass(parent_wrote);
    reap("child", pid);
    printf("parent sees %s\n", shared + 2 * PAGE);
    shared[PAGE] = 'B';
    puts(shared + PAGE);
}
