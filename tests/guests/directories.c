// getdents over many entries in small portions, seeking, chdir, getcwd.
#include "guest.h"
#include <dirent.h>
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
int main(void) {
    mkdir("sub", 0700);
    TRY(chdir("sub"));
    char name[20], *names[600], cwd[4096];
    for (int i = 0; i < 500; i++) {
        sprintf(name, "entry-%d", i * 37 % 500);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    int fd = open(".", O_RDONLY | O_DIRECTORY), count = 0;
    char buffer[200];
    long n;
    while ((n = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < n; at += *(unsigned short *)(buffer + at + 16)) names[count++] = strdup(buffer + at + 19);
    qsort(names, count, sizeof *names, compare);
    printf("%d %s %s %s\n", count, names[0], names[2], names[count - 1]);
    TRY(syscall(SYS_getdents64, fd, buffer, 5));
    TRY(lseek(fd, 0, SEEK_SET));
    TRY(syscall(SYS_getdents64, fd, buffer, 5));
    printf("%s\n", strrchr(getcwd(cwd, sizeof cwd), '/'));
    TRY(syscall(SYS_getcwd, cwd, 3));
    TRY(fchdir(fd));
    DIR *dir = opendir("..");
    int seen = 0;
    for (struct dirent *d; (d = readdir(dir));) seen += !strcmp(d->d_name, "sub") && d->d_type == DT_DIR;
    printf("%d\n", seen);
}
