// exec of this program by links to /proc/self/exe, from inside /proc, by its parent's link, as an interpreter.
#include "proc.h"
static char parents[40];
static void again(const char *what, void (*run)(char **)) {
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        run((char *[]){"x", (char *)what, NULL});
        printf("%s: %s\n", what, strerrorname_np(errno));
        _exit(9);
    }
    reap(what, pid);
}
static void by_link(char **argv) { execv("link", argv); }
static void by_relative_link(char **argv) { execv("directory/link", argv); }
static void by_dots(char **argv) { execv("/proc/self/../self/./exe", argv); }
static void by_thread(char **argv) { execv("/proc/thread-self/exe", argv); }
static void by_parent(char **argv) { execv(parents, argv); }
static void by_cwd(char **argv) { chdir("/proc/self") || execv("exe", argv); }
static void by_directory(char **argv) {
    syscall(SYS_execveat, open("/proc/self", O_PATH | O_DIRECTORY), "exe", argv, NULL, 0);
}
static void by_descriptor(char **argv) {
    syscall(SYS_execveat, open("/proc/self/exe", O_PATH), "", argv, NULL, AT_EMPTY_PATH);
}
static void no_follow(char **argv) {
    syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", argv, NULL, AT_SYMLINK_NOFOLLOW);
}
static void by_script(char **argv) { execv("./script", argv); }
static void check_only(char **argv) {
    printf("check: %ld\n", syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", argv, NULL, 0x10000));
    printf("check: %ld\n", syscall(SYS_execveat, AT_FDCWD, "/dev/null", argv, NULL, 0x10000));
    _exit(0);
}
int main(int argc, char **argv) {
    if (argc > 1) {
        char comm[20], exe[4096] = "";
        slurp("/proc/self/comm", comm, sizeof comm);
        readlink("/proc/self/exe", exe, sizeof exe - 1);
        comm[strcspn(comm, "\n")] = 0;
        printf("%s: comm %s exe %s argc %d last %s\n", argc > 2 ? "script" : argv[1], comm,
               strrchr(exe, '/') + 1, argc, argv[argc - 1]);
        return 0;
    }
    sprintf(parents, "/proc/%d/exe", getpid());
    symlink("/proc/self/exe", "link");
    mkdir("directory", 0755);
    symlink("../link", "directory/link");
    int fd = open("script", O_CREAT | O_WRONLY, 0755);
    write(fd, "#!/proc/self/exe word\n", 22);
    close(fd);
    again("link", by_link);
    again("relative link", by_relative_link);
    again("dots", by_dots);
    again("thread", by_thread);
    again("parent", by_parent);
    again("cwd", by_cwd);
    again("directory", by_directory);
    again("descriptor", by_descriptor);
    again("no follow", no_follow);
    again("script", by_script);
    again("check", check_only);
}
