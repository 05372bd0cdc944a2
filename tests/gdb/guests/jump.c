// longjmp out of two calls.
#include <setjmp.h>
#include <stdio.h>

static jmp_buf back;
static int landed;

static void deeper(int n) {
    longjmp(back, n);
}

static void deep(int n) {
    deeper(n + 1);
}

int main(void) {
    int n = setjmp(back);
    if (n < 3)
        deep(n);
    landed = n;
    printf("%d\n", landed);
    return 0;
}
