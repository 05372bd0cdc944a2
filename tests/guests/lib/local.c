__thread long counter = 100;
static __thread char big[9000];
long count(void) { return counter += 1 + (big[5000]++); }
