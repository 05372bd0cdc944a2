// mprotect with PROT_GROWSDOWN, as by a library that wants an executable stack: code runs on all of the stack,
// where it had not grown to as well; nowhere else does it work.
#include "guest.h"
static int (*place(char *at))(void) {
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};  // mov eax, 42; ret
    memcpy(at, code, sizeof code);
    asm volatile("" : : "r"(at) : "memory");
    return (int (*)(void))at;
}
static int below(int n) {
    char frame[50000];
    return n ? below(n - 1) + (frame[n] = 0) : place(frame)();
}
static int here(void) {
    char frame[64];
    return place(frame)();
}
int main(void) {
    char *top = (char *)((long)__builtin_frame_address(0) & -PAGE);
    int write = PROT_READ | PROT_WRITE, all = write | PROT_EXEC, down = PROT_GROWSDOWN;
    printf("both: %d", mprotect(top, PAGE, all | down | PROT_GROWSUP));
    printf(" %d\n", errno);
    printf("up: %d", mprotect(top, PAGE, all | PROT_GROWSUP));
    printf(" %d\n", errno);
    char *heap = mmap(0, 2 * PAGE, write, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("elsewhere: %d", mprotect(heap + PAGE, PAGE, all | down));
    printf(" %d\n", errno);
    munmap(heap, PAGE);
    printf("stack: %d\n", mprotect(top, PAGE, all | down));
    printf("%d %d\n", here(), below(60));
    printf("back: %d\n", mprotect(top, PAGE, write | down));
    *(volatile char *)top += 0;
    printf("still there\n");
}
