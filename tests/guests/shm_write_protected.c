// Writes to memory that several processes have mapped, but that one has protected against itself.
#include "proc.h"

static char *map;

static void fault(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)context;
    printf("fault at page %ld, code %d\n", ((char *)info->si_addr - map) / (long)PAGE, info->si_code);
    mprotect(info->si_addr, 1, PROT_READ | PROT_WRITE);
}

int main(void) {
    handle(SIGSEGV, fault, 0);
    map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    map[0] = map[PAGE] = 1;
    int gate[2];
    pipe(gate);
    pid_t child = CHILD({
        read(gate[0], &(char){0}, 1);
        printf("child sees %d %d\n", map[0], map[PAGE]);
        mprotect(map, 2 * PAGE, PROT_READ);
        map[0] = 5;
        map[PAGE] = 6;
    });
    mprotect(map, 2 * PAGE, PROT_READ);
    map[0] = 3;
    map[PAGE] = 4;
    write(gate[1], "", 1);
    reap("child", child);
    printf("parent sees %d %d\n", map[0], map[PAGE]);
}
