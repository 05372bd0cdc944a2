// A pipe to oneself: capacity, partial reads, non-blocking errors, splice, tee, F_SETPIPE_SZ.
#include "guest.h"
#include <sys/ioctl.h>
int main(void) {
    int a[2], b[2];
    pipe2(a, O_NONBLOCK);
    pipe(b);
    char buffer[100000] = "";
    long total = 0, n;
    while ((n = write(a[1], buffer, 10000)) > 0) total += n;
    printf("%ld %s\n", total, strerrorname_np(errno));
    int queued;
    TRY(ioctl(a[0], FIONREAD, &queued));
    printf("%d\n", queued);
    while ((n = read(a[0], buffer, 7777)) > 0) total -= n;
    printf("%ld %s\n", total, strerrorname_np(errno));
    TRY(fcntl(a[1], F_SETPIPE_SZ, 1 << 18));
    TRY(fcntl(a[1], F_GETPIPE_SZ));
    write(a[1], "spliced data", 12);
    TRY(tee(a[0], b[1], 100, 0));
    TRY(read(b[0], buffer, 100));
    TRY(splice(a[0], NULL, b[1], NULL, 100, 0));
    TRY(read(b[0], buffer, 100));
    printf("%.12s\n", buffer);
    close(b[1]);
    TRY(read(b[0], buffer, 1));
    TRY(lseek(a[0], 0, SEEK_SET));
}
