// Code rewritten a million times: in one page, in many, through another mapping.
#include "guest.h"
static long sum;
static void fill(unsigned char *at, unsigned value) {
    memcpy(at, "\xb8\0\0\0\0\x83\xc0\x01\xc3", 9); // mov eax, value; add eax, 1; ret
    memcpy(at + 1, &value, 4);
}
static void call(unsigned char *at) { sum = sum * 3 + ((int (*)(void))at)(); }
int main(void) {
    unsigned char *pages = mmap(0, 64 * PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 500000; i++) {
        fill(pages + i % 7 * 100, i);
        call(pages + i % 7 * 100);
    }
    printf("%lx\n", sum);
    for (int i = 0; i < 64; i++) fill(pages + i * PAGE + 800, i);
    for (int i = 0; i < 300000; i++) {
        fill(pages + i % 64 * PAGE + 800, i);
        call(pages + i % 64 * PAGE + 800);
        call(pages + (i + 1) % 64 * PAGE + 800);
    }
    printf("%lx\n", sum);
    int fd = memfd_create("jit", 0);
    ftruncate(fd, PAGE);
    unsigned char *write = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unsigned char *run = mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    for (int i = 0; i < 200000; i++) {
        fill(write + 1 + i % 16, i);
        call(run + 1 + i % 16);
    }
    printf("%lx\n", sum);
}
