// close_range over everything above stderr, with and without CLOEXEC.
#include "guest.h"
#include <linux/close_range.h>
int main(void) {
    for (int i = 0; i < 5; i++) dup(1);
    TRY(syscall(SYS_close_range, 4, 5, CLOSE_RANGE_CLOEXEC));
    TRY(fcntl(4, F_GETFD));
    TRY(fcntl(6, F_GETFD));
    TRY(syscall(SYS_close_range, 3, ~0U, 0));
    TRY(fcntl(3, F_GETFD));
    TRY(fcntl(7, F_GETFD));
    TRY(syscall(SYS_close_range, 9, 5, 0));
    TRY(syscall(SYS_close_range, 3, ~0U, 77));
    TRY(syscall(SYS_close_range, 500, 2000, 0));
    printf("%d\n", open("/dev/null", O_RDONLY));
    puts("still here");
}
