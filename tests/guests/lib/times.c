static int calls;
__attribute__((constructor)) static void begin(void) { calls = 10; }
int apply(int x) { return x * 7 + calls++; }
