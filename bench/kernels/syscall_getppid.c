// group: syscall
// goal: getppid
// operations: 1000000
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 1000000; i++) syscall(SYS_getppid);
}
