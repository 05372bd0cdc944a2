// With a low limit of file sizes much happens that is no file of this program's: a long recording, shared
// anonymous memory, an executed program. Its own file is cut off there.
#include "proc.h"
#include <sys/resource.h>

int main(int argc, char **argv) {
    if (argc > 1) {
        puts("executed");
        return 0;
    }
    struct rlimit limit = {PAGE, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    TRY(setrlimit(RLIMIT_FSIZE, &limit));
    char *map = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printf("shared: %d\n", map != MAP_FAILED);
    reap("child", CHILD(map[(1 << 20) - 1] = 3));
    printf("%d\n", map[(1 << 20) - 1]);
    static char bytes[1 << 16];
    int from = open("/dev/urandom", O_RDONLY);
    int sum = 0;
    for (int i = 0; i < 200; i++) sum += read(from, bytes, sizeof bytes) == sizeof bytes;
    printf("%d reads\n", sum);
    int file = open("file", O_CREAT | O_RDWR, 0644);
    TRY(write(file, bytes, sizeof bytes));
    TRY(write(file, bytes, sizeof bytes));
    reap("executed", CHILD(execl("/proc/self/exe", argv[0], "again", NULL)));
}
