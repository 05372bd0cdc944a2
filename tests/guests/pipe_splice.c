// splice, tee and vmsplice move bytes between pipes and files of two processes.
#include "proc.h"
#include <sys/uio.h>
int main(void) {
    int a[2], b[2], c[2], file = open("file", O_CREAT | O_RDWR, 0600);
    pipe(a), pipe(b), pipe(c);
    static char text[5000], back[6000];
    for (int i = 0; i < 5000; i++) text[i] = 'a' + i % 26;
    pid_t pid = CHILD({
        close(a[1]);
        for (long n; (n = tee(a[0], b[1], 1000, 0)) > 0;) splice(a[0], NULL, file, NULL, n, 0);
        close(b[1]);
        exit(3);
    });
    close(b[1]);
    struct iovec part = {text, 5000};
    TRY(vmsplice(a[1], &part, 1, 0));
    close(a[1]);
    long n = 0;
    for (long got; (got = read(b[0], back + n, 6000 - n)) > 0;) n += got;
    printf("%ld same %d\n", n, !memcmp(text, back, 5000));
    reap("child", pid);
    memset(back, 0, sizeof back);
    n = pread(file, back, 6000, 0);
    printf("%ld same %d\n", n, !memcmp(text, back, 5000));
    loff_t from = 4990;
    TRY(splice(file, &from, c[1], NULL, 100, 0));
    read(c[0], back, 100);
    printf("%.10s\n", back);
}
