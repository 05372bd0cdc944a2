// Generated code in a program with AddressSanitizer: near, far and low, called and calling back.
// sanitizer: address
#include "guest.h"
#include <sys/mman.h>
static int calls;
static int back(int n) { return n + ++calls; }
int main(void) {
    uint64_t places[] = {0, 0x10000000, 0x40000000, 0x10007fff8000 + (1ul << 40), 0x7a0000000000};
    for (int i = 0; i < 5; i++) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | (places[i] ? MAP_FIXED_NOREPLACE : 0);
        unsigned char *p = mmap((void *)places[i], 4096, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0);
        if (p == MAP_FAILED) {
            printf("place %d: %s\n", i, strerrorname_np(errno));
            continue;
        }
        int sum = 0;
        for (int k = 0; k < 50; k++) {
            // mov rax, back; sub rsp, 8; call rax; add rsp, 8; add eax, k; ret
            unsigned char code[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0x48, 0x83, 0xec, 8, 0xff, 0xd0,
                                    0x48, 0x83, 0xc4, 8, 0x83, 0xc0, k, 0xc3};
            int (*function)(int) = back;
            memcpy(code + 2, &function, 8);
            memcpy(p + k % 8 * 32, code, sizeof code);
            sum += ((int (*)(int))(p + k % 8 * 32))(k);
        }
        printf("place %d: %d\n", i, sum);
        munmap(p, 4096);
    }
}
