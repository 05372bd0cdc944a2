// group: syscall
// goal: pipe
// operations: 400000
#include <unistd.h>
int main(void) {
    int fds[2];
    char byte = 0;
    if (pipe(fds)) return 1;
    for (int i = 0; i < 200000; i++)
        if (write(fds[1], &byte, 1) != 1 || read(fds[0], &byte, 1) != 1) return 1;
}
