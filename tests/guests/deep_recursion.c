// Calls nested a hundred thousand deep and back, through several functions.
#include "guest.h"
static int odd(int n);
static __attribute__((noinline)) int even(int n) { return n ? 1 + odd(n - 1) : 0; }
static __attribute__((noinline)) int odd(int n) { return n ? 1 + even(n - 1) : 0; }
static __attribute__((noinline)) int ack(int m, int n) { return m ? n ? ack(m - 1, ack(m, n - 1)) : ack(m - 1, 1) : n + 1; }
int main(void) { printf("%d %d\n", even(100000), ack(2, 300)); }
