// SIGBUS beyond the end of a mapped file that was truncated; the rest stays readable.
#include "guest.h"
static sigjmp_buf back;
static void bus(int sig, siginfo_t *info, void *context) {
    printf("signal %d code %d\n", sig, info->si_code);
    siglongjmp(back, 1);
}
int main(void) {
    handle(SIGBUS, bus, 0);
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 2 * PAGE);
    char *map = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    map[0] = 'a';
    map[PAGE] = 'b';
    ftruncate(fd, PAGE);
    if (!sigsetjmp(back, 1)) printf("%c\n", *(volatile char *)(map + PAGE));
    if (!sigsetjmp(back, 1)) *(volatile char *)(map + PAGE) = 1;
    printf("%c\n", map[0]);
    ftruncate(fd, 2 * PAGE);
    printf("%d\n", map[PAGE]);
}
