// abort(), with a handler that returns.
// exit: signal ABRT
#include "guest.h"
static void abrt(int sig) { puts("handler"); }
int main(void) {
    signal(SIGABRT, abrt);
    abort();
}
