// Guard pages (Linux 6.13): their contents are gone, touching one is a fault until it is removed.
#include "guest.h"
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

static char *map;
static sigjmp_buf back;

static void fault(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)context;
    printf("fault in page %ld, code %d\n", ((char *)info->si_addr - map) / (long)PAGE, info->si_code);
    siglongjmp(back, 1);
}

static void look(int page) {
    if (!sigsetjmp(back, 1)) printf("page %d: %d\n", page, ((volatile char *)map)[page * PAGE]);
}

int main(void) {
    handle(SIGSEGV, fault, 0);
    map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(map, 1, 4 * PAGE);
    TRY(madvise(map + PAGE, 2 * PAGE, MADV_GUARD_INSTALL));
    for (int page = 0; page < 4; page++) look(page);
    TRY(read(open("/dev/zero", O_RDONLY), map + PAGE, 8));
    TRY(madvise(map + PAGE, PAGE, MADV_GUARD_REMOVE));
    for (int page = 0; page < 4; page++) look(page);
}
