// MAP_FIXED over pages with code: anonymous memory, a file with other code, and what remains beside.
#include "jit.h"
static sigjmp_buf back;
static void handler(int sig, siginfo_t *info, void *context) { siglongjmp(back, sig); }
static int attempt(void *at) {
    int sig = sigsetjmp(back, 1);
    return sig ? -sig : run(at);
}
static void show(unsigned char *code) {
    for (int i = 0; i < 4; i++) printf("%d ", attempt(code + i * PAGE + 8));
    puts("");
}
int main(void) {
    handle(SIGSEGV, handler, 0);
    handle(SIGBUS, handler, 0);
    unsigned char *code = pages(4, RWX);
    for (int i = 0; i < 4; i++) emit(code + i * PAGE + 8, i + 1);
    show(code);
    mmap(code + PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    show(code);
    int fd = open("code", O_RDWR | O_CREAT, 0600);
    char other[8];
    emit(other, 33);
    pwrite(fd, other, 6, 8);
    mmap(code + 2 * PAGE, 2 * PAGE, RX, MAP_PRIVATE | MAP_FIXED, fd, 0); // the second page is past the end
    show(code);
    emit(other, 44);
    pwrite(fd, other, 6, 8);
    ftruncate(fd, 2 * PAGE);
    pwrite(fd, other, 6, PAGE + 8);
    show(code);
    mmap(code, 4 * PAGE, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (int i = 0; i < 4; i++) emit(code + i * PAGE + 8, 90 + i);
    show(code);
}
