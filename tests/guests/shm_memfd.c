// A memfd shared with an unrelated program: passed over exec, mapped there, sealed, grown.
#include "proc.h"
int main(int argc, char **argv) {
    if (argc > 1) {
        int fd = atoi(argv[1]);
        char *map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        printf("after exec: %s\n", map);
        strcpy(map, "changed after exec");
        ftruncate(fd, 3 * PAGE);
        pwrite(fd, "end", 3, 3 * PAGE - 3);
        return 8;
    }
    int fd = memfd_create("shared", MFD_ALLOW_SEALING);
    ftruncate(fd, PAGE);
    char *map = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), number[10];
    strcpy(map, "before exec");
    sprintf(number, "%d", fd);
    reap("child", CHILD(execl("/proc/self/exe", "x", number, NULL)));
    printf("%s, %.3s\n", map, map + 3 * PAGE - 3);
    TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
    reap("child", CHILD(TRY(ftruncate(fd, PAGE)); TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)); map[5] = '*'));
    puts(map);
}
