// Writes larger than the pipe: they block until the child has read enough; the sizes it reads vary, the bytes do not.
#include "proc.h"
#include <sys/uio.h>
#define SIZE (1 << 20)
int main(void) {
    int fds[2];
    pipe(fds);
    static unsigned char bytes[SIZE];
    for (unsigned i = 0; i < SIZE; i++) bytes[i] = i * 2654435761u >> 24;
    pid_t pid = CHILD({
        static unsigned char got[3 * SIZE];
        long n = 0;
        close(fds[1]);
        for (long more; (more = read(fds[0], got + n, 10000 + n % 7777)) > 0;) n += more;
        printf("child got %ld bytes %lx\n", n, hash_bytes(got, n));
    });
    close(fds[0]);
    TRY(write(fds[1], bytes, SIZE));
    struct iovec parts[4] = {{bytes, SIZE / 2}, {bytes + 5, 0}, {bytes + SIZE / 4, SIZE / 2}, {bytes, SIZE / 3}};
    TRY(writev(fds[1], parts, 4));
    close(fds[1]);
    reap("child", pid);
}
