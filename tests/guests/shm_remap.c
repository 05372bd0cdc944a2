// A mapping whose pages different processes wrote last is made longer and shorter, and shows what was written
// meanwhile.
#include "proc.h"
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 8 * PAGE);
    char *map = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    map[0] = 'a';
    int to[2], back[2];
    char c;
    pipe(to), pipe(back);
    pid_t child = fork();
    if (!child) {
        map[PAGE] = 'b', map[3 * PAGE] = 'd';
        pwrite(fd, "written", 7, 6 * PAGE);
        char *more = WORKS(mremap(map, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE));
        more[5 * PAGE] = 'f';
        write(to[1], "", 1), read(back[0], &c, 1);
        printf("%c%c%c %.7s %c\n", more[0], more[PAGE], more[2 * PAGE], more + 6 * PAGE, more[7 * PAGE]);
        _exit(0);
    }
    read(to[0], &c, 1);
    map[2 * PAGE] = 'c';
    char *more = WORKS(mremap(map, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE));
    printf("%c%c%c%c %c %.7s\n", more[0], more[PAGE], more[2 * PAGE], more[3 * PAGE], more[5 * PAGE], more + 6 * PAGE);
    more[7 * PAGE] = 'h', memcpy(more + 6 * PAGE, "WRIT", 4);
    write(back[1], "", 1);
    waitpid(child, 0, 0);
    char *less = WORKS(mremap(more, 8 * PAGE, 3 * PAGE, 0));
    printf("%c%c%c\n", less[0], less[PAGE], less[2 * PAGE]);
}
