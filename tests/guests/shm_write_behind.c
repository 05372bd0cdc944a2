// What another process wrote is seen behind a write through a descriptor to the same page, and behind a
// failed call on memory that was protected meanwhile.
#include "proc.h"
int main(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(fd, 2 * PAGE);
    char *map = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    Gate ready = gate(), go = gate(), done = gate();
    strcpy(map, "parent's");
    strcpy(map + PAGE, "parent's");
    pid_t pid = CHILD({
        pass(ready);
        await(go);
        strcpy(map, "child's first");
        strcpy(map + PAGE, "child's second");
        pass(done);
    });
    await(ready);
    mprotect(map + PAGE, PAGE, PROT_NONE);
    pass(go);
    await(done);
    TRY(pwrite(fd, "end", 3, PAGE - 3));
    puts(map);
    TRY(write(fd, map + PAGE, 5));
    TRY(mprotect(map + PAGE, PAGE, PROT_READ));
    puts(map + PAGE);
    reap("child", pid);
}
