// A thread calls exit: the handlers run there, the process ends with its status.
// exit: 9
#include "thread.h"
static pthread_t main_thread;
static void at_exit(void) { printf("in main %d\n", pthread_equal(main_thread, pthread_self()) != 0); }
static void *leaves(void *unused) { exit(9); }
int main(void) {
    main_thread = pthread_self();
    atexit(at_exit);
    start(leaves, 0);
    for (;;) pause();
}
