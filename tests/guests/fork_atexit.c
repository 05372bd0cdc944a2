// atexit handlers and destructors run in child and parent, those registered after the fork in one only.
// exit: 5
#include "proc.h"
static const char *who = "parent";
static void first(void) { printf("first in %s\n", who); }
static void second(void) { printf("second in %s\n", who); }
static void third(int code, void *word) { printf("third in %s: %d %s\n", who, code, (char *)word); }
__attribute__((destructor)) static void destructor(void) { printf("destructor in %s\n", who); }
int main(void) {
    atexit(first);
    reap("child", CHILD(who = "child"; atexit(second); on_exit(third, "word"); exit(3)));
    reap("silent child", CHILD(who = "silent child"; _exit(4)));
    reap("killed child", CHILD(who = "killed child"; raise(SIGKILL)));
    atexit(second);
    return 5;
}
