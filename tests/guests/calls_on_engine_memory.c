// Calls are told to write where the engine has its memory, and natively nothing is: EFAULT, and the engine
// is none the worse.
#include "guest.h"
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

static const unsigned long places[] = {
    0x7e001000,     0x7efff000,     0x7f000000,     0x7f008000,     0x7f100000,     0x7f500000,
    0x170000000,    0x188000000,    0x7e8400000000, 0x7e8400100000, 0x7e8404000000, 0x7e8500000000,
    0x7e9000000000, 0x7e9000020000, 0x7e9100000000,
};

static void all(void *at) {
    int zero = open("/dev/zero", O_RDONLY), ends[2], pair[2];
    struct iovec vectors[] = {{&ends, 4}, {at, 16}};
    TRY(read(zero, at, 64));
    TRY(pread(zero, at, 1, 0));
    TRY(readv(zero, vectors + 1, 1));
    if (pipe(ends) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) exit(1);
    if (write(ends[1], "0123456789", 10) != 10 || write(pair[1], "0123456789", 10) != 10) exit(1);
    TRY(read(ends[0], at, 1));
    TRY(recv(pair[0], at, 1, 0));
    TRY(getcwd(at, PAGE) ? 0 : -1);
    TRY(syscall(SYS_clock_gettime, CLOCK_REALTIME, at));
    TRY(syscall(SYS_uname, at));
    TRY(syscall(SYS_getrlimit, 7, at));
    TRY(syscall(SYS_rt_sigaction, SIGUSR1, NULL, at, 8));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, at, 8));
    TRY(syscall(SYS_sigaltstack, NULL, at));
    TRY(syscall(SYS_arch_prctl, 0x1003, at));
    TRY(syscall(SYS_getrandom, at, 16, 0));
    TRY(syscall(SYS_poll, at, 1, 0));
    TRY(syscall(SYS_pipe2, at, 0));
    TRY(syscall(SYS_fstat, zero, at));
    for (int i = 0; i < 2; i++) close(ends[i]), close(pair[i]);
    close(zero);
}

int main(void) {
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        printf("%zu\n", i);
        all((void *)places[i]);
    }
    // Asked to give it up, unmap it, map over it, the engine stays, whatever it answers.
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        void *at = (void *)places[i];
        int flags = MAP_PRIVATE | MAP_ANONYMOUS;
        mmap(at, 16 * PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, -1, 0);
        mmap(at, 16 * PAGE, PROT_NONE, flags | MAP_FIXED, -1, 0);
        void *own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
        mremap(own, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at);
        mprotect(at, PAGE, PROT_NONE);
        madvise(at, PAGE, MADV_DONTNEED);
        mlock(at, PAGE), munlock(at, PAGE), msync(at, PAGE, MS_SYNC);
        munmap(at, 16 * PAGE);
    }
    munmap((void *)0x7e000000, 0x1600000);
    munmap((void *)0x7e8400000000, 0x100000000);
    puts("still here");
}
