// Files of /proc/self by other names: relative to descriptors and to the working directory, with dots, of the thread.
#include "proc.h"
#include <dirent.h>
#include <elf.h>
#include <sys/auxv.h>
static char *real;
static void link_at(int dir, const char *path) {
    char text[4096] = "";
    long length = readlinkat(dir, path, text, sizeof text - 1);
    struct stat link, target, program;
    fstatat(dir, path, &target, 0);
    fstatat(dir, path, &link, AT_SYMLINK_NOFOLLOW);
    stat(real, &program);
    printf("%s: %d, same file %d, a link %d, executable %d\n", path, length > 0 && !strcmp(text, real),
           target.st_ino == program.st_ino && target.st_dev == program.st_dev, S_ISLNK(link.st_mode),
           faccessat(dir, path, X_OK, 0));
}
static void maps_at(int dir, const char *path) {
    static char text[200000];
    int fd = openat(dir, path, O_RDONLY);
    long length = 0, got;
    while ((got = read(fd, text + length, sizeof text - length - 1)) > 0) length += got;
    text[length] = 0;
    close(fd);
    int code = 0, foreign = 0, own = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char mode[5] = "";
        unsigned long from, to, offset;
        if (sscanf(line, "%lx-%lx %4s %lx", &from, &to, mode, &offset) != 4) continue;
        code += !strcmp(mode, "r-xp") && strstr(line, real) && offset == PAGE;
        own += from <= (uintptr_t)maps_at && (uintptr_t)maps_at < to;
        foreign += strstr(line, "memfd:") != NULL;
    }
    printf("%s: code %d own %d foreign %d\n", path, code, own, foreign);
}
static void auxv_at(int dir, const char *path) {
    Elf64_auxv_t vector[64];
    int fd = openat(dir, path, O_RDONLY), same = 0;
    long count = read(fd, vector, sizeof vector) / sizeof *vector;
    close(fd);
    for (int i = 0; i < count; i++)
        same += vector[i].a_type >= AT_PHDR && vector[i].a_type <= AT_ENTRY && vector[i].a_un.a_val == getauxval(vector[i].a_type);
    printf("%s: %d\n", path, same);
}
static void descriptors_at(int dir, const char *path) {
    DIR *list = fdopendir(openat(dir, path, O_RDONLY | O_DIRECTORY));
    int count = 0;
    for (struct dirent *entry; (entry = readdir(list));) count += entry->d_name[0] != '.';
    closedir(list);
    printf("%s: %d\n", path, count);
}
int main(int argc, char **argv) {
    for (int fd = 3; fd < 1100; fd++) close(fd);
    real = realpath(argv[0], NULL);
    int self = open("/proc/self", O_PATH | O_DIRECTORY), proc = open("/proc", O_RDONLY | O_DIRECTORY);
    int link = open("/proc/self/exe", O_PATH | O_NOFOLLOW);
    char text[4096] = "", path[100];
    readlinkat(link, "", text, sizeof text - 1);
    printf("the link itself: %d\n", !strcmp(text, real));
    close(link);
    sprintf(path, "/proc/%d/task/%d/exe", getpid(), gettid());
    printf("by thread: %d\n", readlink(path, text, sizeof text) == (long)strlen(real));
    link_at(self, "exe");
    link_at(proc, "self/exe");
    link_at(-1, "/proc/self/../self/exe");
    link_at(-1, "/proc//thread-self/./exe");
    maps_at(self, "maps");
    maps_at(self, "smaps");
    maps_at(proc, "./self/maps");
    maps_at(-1, "/proc/thread-self/maps");
    auxv_at(self, "auxv");
    auxv_at(-1, "/proc/../proc/self/auxv");
    descriptors_at(self, "fd");
    descriptors_at(self, "fd/");
    descriptors_at(proc, "self/fdinfo");
    descriptors_at(-1, "/dev/fd");
    chdir("/proc/self");
    link_at(AT_FDCWD, "exe");
    maps_at(AT_FDCWD, "maps");
    maps_at(AT_FDCWD, "task/../maps");
    descriptors_at(AT_FDCWD, "fd");
    TRY(access("/proc/self/fd/1001", F_OK));
    TRY(readlink("fd/1002", text, sizeof text));
    TRY(open("/proc/self/maps/x", O_RDONLY));
}
