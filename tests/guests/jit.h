/* What guests that make code need: functions that return a number. */
#pragma once
#include "thread.h"
typedef int (*function)(void);

/* mov eax, n; ret */
static inline void emit(void *at, int n) {
    unsigned char code[6] = {0xb8, n, n >> 8, n >> 16, n >> 24, 0xc3};
    memcpy(at, code, 6);
}
static inline int run(void *at) { return ((function)at)(); }
static inline unsigned char *pages(int n, int prot) {
    return mmap(0, n * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
#define RW (PROT_READ | PROT_WRITE)
#define RX (PROT_READ | PROT_EXEC)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)
