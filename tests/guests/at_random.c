// nondeterministic: prints the canary's source, random bytes and addresses; the replay must print the same
#include "guest.h"
#include <sys/auxv.h>
#include <sys/random.h>
int main(void) {
    unsigned char *at = (void *)getauxval(AT_RANDOM), random[32];
    for (int i = 0; i < 16; i++) printf("%02x", at[i]);
    long canary;
    asm("mov %%fs:0x28, %0" : "=r"(canary));
    printf("\n%lx\n", canary);
    getrandom(random, 32, 0);
    printf("%lx\n", hash_bytes(random, 32));
    int fd = open("/dev/urandom", O_RDONLY);
    for (int i = 0; i < 10; i++) read(fd, random, i * 3), printf("%lx\n", hash_bytes(random, i * 3));
    FILE *f = fopen("/proc/sys/kernel/random/uuid", "r");
    char line[100];
    fgets(line, 100, f);
    printf("%s%p %p %p %p\n", line, &canary, main, printf, malloc(100));
    getentropy(random, 32);
    printf("%lx %d %d\n", hash_bytes(random, 32), getpid(), getppid());
}
