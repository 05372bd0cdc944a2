// An environment of more than a megabyte.
// env-fill: 1500000
#include "guest.h"
extern char **environ;
int main(void) {
    long total = 0, filled = 0;
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, "FILL", 4)) total += strlen(*e), filled++;
    printf("%ld in %ld\n", total, filled);
    struct stat s;
    int fd = open("/proc/self/environ", O_RDONLY);
    static char buffer[1 << 21];
    long n = 0, got;
    while ((got = read(fd, buffer + n, sizeof buffer - n)) > 0) n += got;
    printf("%d\n", n > 1500000 && memmem(buffer, n, "FILL014=", 8) != NULL);
}
