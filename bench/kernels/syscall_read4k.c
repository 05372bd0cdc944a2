// group: syscall
// goal: reads
// operations: 300000
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
    char name[] = "/tmp/clew-bench-XXXXXX", buffer[4096] = {1};
    int fd = mkstemp(name);
    unlink(name);
    for (int i = 0; i < 256; i++)
        if (write(fd, buffer, 4096) != 4096) return 1;
    for (int i = 0; i < 300000; i++)
        if (pread(fd, buffer, 4096, i % 256 * 4096) != 4096) return 1;
}
