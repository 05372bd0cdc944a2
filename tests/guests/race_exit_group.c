// Three threads print while the main thread ends the process: how far did each come?
// nondeterministic: the schedule is the point
#include "thread.h"
static void *prints(void *n) {
    char line[30];
    for (int i = 0;; i++) write(1, line, sprintf(line, "%d: %d\n", NUMBER(n), i));
}
int main(void) {
    for (int i = 0; i < 3; i++) start(prints, i);
    for (volatile int i = 0; i < 300000; i++) {}
    _exit(0);
}
