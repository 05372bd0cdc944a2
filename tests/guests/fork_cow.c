// Private mappings, anonymous and of a file, are copied on write, whichever side writes.
#include "proc.h"
#define SIZE (64 * PAGE)
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, SIZE);
    pwrite(fd, "file", 4, 5 * PAGE);
    char *maps[2] = {mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                     mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0)};
    for (int m = 0; m < 2; m++)
        for (unsigned i = 0; i < 64; i += 3) maps[m][i * PAGE + i] = i;
    Gate child_wrote = gate(), parent_wrote = gate();
    pid_t pid = CHILD({
        for (int m = 0; m < 2; m++)
            for (unsigned i = 0; i < 64; i += 2) maps[m][i * PAGE + 1] = 'c';
        pass(child_wrote);
        await(parent_wrote);
        printf("child %lx %lx\n", hash_bytes(maps[0], SIZE), hash_bytes(maps[1], SIZE));
        munmap(maps[0], SIZE);
    });
    await(child_wrote);
    printf("parent %lx %lx\n", hash_bytes(maps[0], SIZE), hash_bytes(maps[1], SIZE));
    for (int m = 0; m < 2; m++)
        for (unsigned i = 0; i < 64; i++) maps[m][i * PAGE + 2] = 'p';
    pass(parent_wrote);
    reap("child", pid);
    printf("parent %lx %lx\n", hash_bytes(maps[0], SIZE), hash_bytes(maps[1], SIZE));
    char text[5] = "";
    pread(fd, text, 4, 5 * PAGE);
    puts(text);
}
