// A file mapped shared by two processes that opened it on their own; msync, the file itself and a private view agree.
#include "proc.h"
int main(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(fd, 4 * PAGE);
    char *map = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    Gate child_wrote = gate(), parent_wrote = gate();
    pid_t pid = CHILD({
        int own = open("file", O_RDWR);
        char *mine = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, own, 2 * PAGE);
        char text[20] = "";
        strcpy(mine, "mapped by the child");
        pwrite(own, "written by the child", 20, 100);
        pass(child_wrote);
        await(parent_wrote);
        pread(own, text, 19, 50); // all but its last letter
        printf("child reads %s, sees %s\n", text, mine + PAGE);
        TRY(msync(mine, 2 * PAGE, MS_SYNC));
    });
    await(child_wrote);
    printf("parent sees %s, %s\n", map + 2 * PAGE, map + 100);
    strcpy(map + 50, "mapped by the parent");
    strcpy(map + 3 * PAGE, "by the parent");
    pass(parent_wrote);
    reap("child", pid);
    char *private = mmap(0, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    printf("same %d, hash %lx\n", !memcmp(private, map, 4 * PAGE), hash_bytes(map, 4 * PAGE));
}
