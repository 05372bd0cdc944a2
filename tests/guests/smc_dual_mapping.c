// Code seen through two mappings of one memfd: written through one, run through the other.
#include "guest.h"
int main(void) {
    int fd = memfd_create("jit", 0);
    ftruncate(fd, PAGE);
    unsigned char *write = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unsigned char *run = mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    long sum = 0;
    for (int i = 0; i < 200; i++) {
        memcpy(write, "\xb8\0\0\0\0\xc3", 6);
        *(int *)(write + 1) = i;
        sum = sum * 3 + ((int (*)(void))run)();
    }
    printf("%ld\n", sum);
    pwrite(fd, "\xb8\x2a\0\0\0\xc3", 6, 0); // and through the file
    printf("%d\n", ((int (*)(void))run)());
}
