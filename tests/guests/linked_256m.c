// A program linked at 256 MiB, as some toolchains do, with code above what has shadow entries.
// build: -no-pie -Wl,-Ttext-segment=0x10000000
#include "guest.h"
// 40 MiB of code, of which the last function lies at 296 MiB.
__attribute__((section(".text.z"), used)) static const char filler[40 << 20] = "code";
__attribute__((section(".text.zz"), noinline)) static int far(int (*next)(int), int n) {
    return n ? next(n - 1) + 1 : 0;
}
static int near(int n) { return far(near, n); }
static int value = 7;
int main(void) {
    int (*volatile function)(int) = near;
    int sum = 0;
    for (int i = 0; i < 100; i++) sum += function(i % 10) + value;
    printf("%d\n", sum);
    printf("%d\n", (uintptr_t)main > 0x10000000 && (uintptr_t)main < 0x20000000);
}
