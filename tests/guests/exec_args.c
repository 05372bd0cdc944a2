// Arguments of all kinds survive an exec: empty, long, many, with odd bytes.
#include "proc.h"
int main(int argc, char **argv) {
    if (argc > 10) {
        uint64_t hash = 0;
        for (int i = 0; i < argc; i++) hash = hash * 31 + hash_bytes(argv[i], strlen(argv[i]) + 1);
        printf("%d arguments, %lx, last %d, contiguous %d\n", argc, hash, argv[argc] == NULL,
               argv[1] == argv[0] + strlen(argv[0]) + 1);
        printf("[%s] [%s] %zu [%s]\n", argv[0], argv[1], strlen(argv[2]), argv[3]);
        return 0;
    }
    static char *args[3000], numbers[3000][8];
    char *large = malloc(130000);
    memset(large, 'L', 129999);
    large[129999] = 0;
    args[0] = "name", args[1] = "", args[2] = large, args[3] = "\xff\xfe\n \"'\\$(x)\xc3\xa4";
    for (int i = 4; i < 2999; i++) sprintf(args[i] = numbers[i], "%d", i * i % 99999);
    execv("/proc/self/exe", args);
    perror("execv");
}
