// LeakSanitizer alone finds a leak at the end; what registers and other threads hold is none.
// sanitizer: leak
// build: -pthread
// env: LSAN_OPTIONS=symbolize=0
// nondeterministic:
// exit: 23
#include "guest.h"
#include <pthread.h>
static void *wait_for_ever(void *arg) {
    volatile char *held = malloc(100);
    for (;;) held[0]++;
}
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    volatile char *leak = malloc(1234);
    leak[0] = 1;
    leak = NULL;
    puts("done");
}
