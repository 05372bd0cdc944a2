// /proc/self/fd lists the guest's descriptors, no others.
// stdin: x
#include "guest.h"
#include <dirent.h>
static void list(const char *path) {
    DIR *dir = opendir(path);
    struct dirent *entry;
    int seen[2048] = {0}, count = 0;
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.') seen[atoi(entry->d_name) % 2048] = 1, count++;
    printf("%d:", count);
    for (int i = 0; i < 2048; i++)
        if (seen[i]) printf(" %d", i);
    puts("");
    closedir(dir);
}
int main(void) {
    list("/proc/self/fd");
    int fd = open("/dev/null", O_RDWR);
    dup2(fd, 77);
    list("/proc/self/fd");
    list("/proc/self/fdinfo");
    list("/dev/fd");
    char link[100] = "";
    readlink("/proc/self/fd/77", link, 100);
    puts(link);
    TRY(access("/proc/self/fd/900", F_OK));
}
