// MADV_DONTNEED of patched code: a file's comes back as the file has it, anonymous code is zero.
#include "jit.h"
static sigjmp_buf back;
static void handler(int sig, siginfo_t *info, void *context) { siglongjmp(back, 1); }
static void show(void *at) {
    if (sigsetjmp(back, 1)) puts("faulted");
    else printf("%d\n", run(at));
}
int main(void) {
    handle(SIGSEGV, handler, 0);
    int fd = open("code", O_RDWR | O_CREAT, 0600);
    unsigned char bytes[6];
    emit(bytes, 1);
    pwrite(fd, bytes, 6, 0);
    ftruncate(fd, PAGE);
    unsigned char *file = mmap(0, PAGE, RWX, MAP_PRIVATE, fd, 0), *anonymous = pages(2, RWX);
    mprotect(anonymous + PAGE, PAGE, PROT_NONE); // zeroes are instructions: they run up to here
    show(file);
    emit(file, 2);
    show(file);
    madvise(file, PAGE, MADV_DONTNEED);
    show(file);
    emit(anonymous, 3);
    show(anonymous);
    madvise(anonymous, PAGE, MADV_DONTNEED);
    show(anonymous);
    emit(anonymous, 4);
    show(anonymous);
}
