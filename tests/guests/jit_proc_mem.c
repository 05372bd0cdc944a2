// Code changed through /proc/self/mem, which ignores protections, and by process_vm_writev.
#include "jit.h"
#include <sys/uio.h>
int main(void) {
    unsigned char *code = pages(1, RW), bytes[6];
    emit(code, 1);
    mprotect(code, PAGE, RX);
    printf("%d\n", run(code));
    int mem = open("/proc/self/mem", O_RDWR);
    emit(bytes, 2);
    TRY(pwrite(mem, bytes, 6, (off_t)code));
    printf("%d\n", run(code));
    mprotect(code, PAGE, RWX);
    printf("%d\n", run(code));
    emit(bytes, 3);
    struct iovec from = {bytes, 6}, to = {code, 6};
    TRY(process_vm_writev(getpid(), &from, 1, &to, 1, 0));
    printf("%d\n", run(code));
    mprotect(code, PAGE, RX);
    TRY(process_vm_writev(getpid(), &from, 1, &to, 1, 0));
    TRY(pread(mem, bytes, 6, (off_t)code));
    printf("%x %d\n", bytes[0], bytes[1]);
}
