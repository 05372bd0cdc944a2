// A child shrinks the file its parent has mapped: SIGBUS there, until it grows again.
#include "proc.h"
static sigjmp_buf back;
static void bus(int sig, siginfo_t *info, void *context) { siglongjmp(back, info->si_code); }
static void look(volatile char *at) {
    int code = sigsetjmp(back, 1);
    if (code) printf("SIGBUS code %d\n", code);
    else printf("%d\n", *at);
}
int main(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(fd, 3 * PAGE);
    volatile char *map = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    handle(SIGBUS, bus, 0);
    map[PAGE] = 5, map[2 * PAGE + 1] = 6;
    look(map + 2 * PAGE + 1);
    reap("child", CHILD(ftruncate(fd, PAGE + 10)));
    look(map + 2 * PAGE + 1);
    look(map + PAGE);
    reap("child", CHILD(ftruncate(fd, 3 * PAGE); map[2 * PAGE + 1] = 7));
    look(map + 2 * PAGE + 1);
}
