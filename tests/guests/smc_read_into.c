// The kernel writes code: read(), pread() and readv() into an executable page that was run before.
#include "guest.h"
#include <sys/uio.h>
int main(void) {
    unsigned char *code = mmap(0, PAGE, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("code", O_RDWR | O_CREAT, 0600);
    int (*function)(void) = (void *)code;
    for (int i = 0; i < 20; i++) {
        unsigned char text[6] = {0xb8, i, 1, 0, 0, 0xc3};
        pwrite(fd, text, 6, 0);
        lseek(fd, 0, SEEK_SET);
        struct iovec parts[] = {{code, 2}, {code + 2, 4}};
        long n = i % 3 == 0 ? read(fd, code, 6) : i % 3 == 1 ? pread(fd, code, 6, 0) : readv(fd, parts, 2);
        printf("%ld %d\n", n, n == 6 ? function() : -1);
    }
    struct stat *inside = (void *)(code + 1024); // any call's output may land beside code
    printf("%d %d\n", stat("code", inside), (int)inside->st_size);
    printf("%d\n", function());
}
