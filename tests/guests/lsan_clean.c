// LeakSanitizer alone, with nothing to find.
// sanitizer: leak
// build: -pthread
#include "guest.h"
#include <pthread.h>
static void *wait_for_ever(void *arg) {
    char *held = malloc(100);
    for (;;) {
        pause();
        held[0]++;
    }
}
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    usleep(1000);
    puts("done");
}
