// The first process ends while its child goes on, computes and prints.
// exit: 3
#include "proc.h"
int main(void) {
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid) {
        puts("parent ends");
        return 3;
    }
    while (getppid() == parent) usleep(500);
    unsigned x = 1;
    for (int i = 0; i < 5000000; i++) x = x * 1664525 + 1013904223;
    usleep(50000);
    printf("child ends, %x\n", x);
    return 4;
}
