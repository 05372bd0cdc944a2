// What alarm does: it replaces the one before, says what was left, ends pause and sleep, kills a child by default.
#include "proc.h"
#include <sys/time.h>
static volatile int count;
static void alarmed(int sig) { count++; }
static int near(unsigned value, unsigned want) { return value > want - 30 && value <= want; }
int main(void) {
    TRY(alarm(0));
    TRY(alarm(100));
    printf("%d\n", near(alarm(200), 100));
    printf("%d\n", near(alarm(0), 200));
    TRY(alarm(0));
    signal(SIGALRM, alarmed);
    alarm(1);
    TRY(pause());
    printf("count %d\n", count);
    ualarm(3000, 0);
    unsigned left = sleep(1000);
    printf("count %d left %d\n", count, left > 900);
    signal(SIGALRM, SIG_DFL);
    reap("child", CHILD(ualarm(1000, 0); for (;;) pause()));
    reap("busy child", CHILD(ualarm(1000, 0); for (volatile unsigned i = 0;; i++) {}));
}
