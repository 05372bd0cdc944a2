// An eventfd between parent and child: counts, blocks at zero, counts down as a semaphore, blocks when full.
#include "proc.h"
#include <poll.h>
#include <sys/eventfd.h>
int main(void) {
    int counter = eventfd(0, 0), semaphore = eventfd(0, EFD_SEMAPHORE);
    uint64_t n = 0, sum = 0;
    pid_t pid = CHILD({
        for (n = 1; n <= 100; n++) write(counter, &n, 8);
        for (int i = 0; i < 5; i++) {
            read(semaphore, &n, 8);
            sum += n;
        }
        exit(sum);
    });
    while (sum < 5050) {
        if (read(counter, &n, 8) != 8) perror("read");
        sum += n;
    }
    printf("%lu\n", sum);
    n = 5;
    write(semaphore, &n, 8);
    reap("child", pid);
    struct pollfd fds = {semaphore, POLLIN | POLLOUT, 0};
    poll(&fds, 1, 0);
    printf("events %x\n", fds.revents);
    n = ~1UL;
    write(counter, &n, 8);
    pid = CHILD(usleep(3000); read(counter, &n, 8); printf("child read %lx\n", n); exit(0));
    n = 1;
    int result = write(counter, &n, 8); // waits for the child
    reap("child", pid);
    printf("%d\n", result);
}
