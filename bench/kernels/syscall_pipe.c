// group: syscall
// operations: 1000000
#include <unistd.h>
int main(void) {
    int fds[2];
    char byte = 0;
    if (pipe(fds)) return 1;
    for (int i = 0; i < 500000; i++)
        if (write(fds[1], &byte, 1) != 1 || read(fds[0], &byte, 1) != 1) return 1;
}
