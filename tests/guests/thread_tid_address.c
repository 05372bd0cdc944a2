// A thread asks for the address that its end clears, sets none, sets that again: it can be joined.
#include "thread.h"
#include <sys/prctl.h>

static void *thread(void *arg) {
    int *address = NULL;
    TRY(prctl(PR_GET_TID_ADDRESS, &address));
    printf("holds the thread's id: %d\n", *address == gettid());
    syscall(SYS_set_tid_address, NULL);
    int *none = address;
    TRY(prctl(PR_GET_TID_ADDRESS, &none));
    printf("none: %d\n", none == NULL);
    syscall(SYS_set_tid_address, address);
    TRY(prctl(PR_GET_TID_ADDRESS, NULL));
    return arg;
}

int main(void) {
    pthread_t id;
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
    puts("joined");
}
