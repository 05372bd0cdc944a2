// exec with a hard limit of open files below the numbers of the recorder's descriptors, from program to program.
// exit: 7
#include "proc.h"
#include <dirent.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
static void give_up_the_right_to_raise_limits(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE);
    syscall(SYS_capget, &header, sets);
    sets[0].effective &= ~(1 << CAP_SYS_RESOURCE);
    sets[0].permitted &= ~(1 << CAP_SYS_RESOURCE);
    syscall(SYS_capset, &header, sets);
}
static void look(const char *who) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("%s: limit %ld %ld", who, (long)limit.rlim_cur, (long)limit.rlim_max);
    int open_ones = 0, listed = 0;
    for (int fd = 0; fd < 1100; fd++) open_ones += fcntl(fd, F_GETFD) >= 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir)) listed++;
    closedir(dir);
    int fd = open("/dev/null", O_RDONLY);
    printf(" open %d listed %d next %d raised %d\n", open_ones, listed - 3, fd,
           setrlimit(RLIMIT_NOFILE, &(struct rlimit){2000, 2000}));
    close(fd);
}
int main(int argc, char **argv) {
    if (argc == 1) {
        for (int fd = 3; fd < 1100; fd++) close(fd);
        give_up_the_right_to_raise_limits();
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){40, 50});
        look("first");
        reap("missing", CHILD(execl("/no/such/program", "x", NULL)));
        execl("/proc/self/exe", argv[0], "second", NULL);
    }
    look(argv[1]);
    if (!strcmp(argv[1], "third")) {
        reap("cat", CHILD(execlp("cat", "cat", "/proc/self/comm", NULL)));
        return 7;
    }
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){20, 20});
    reap("child", CHILD(execl("/proc/self/exe", argv[0], "third", NULL)));
    printf("%s\n", execl("/dev/null", "x", NULL) ? strerrorname_np(errno) : "?");
    execl("/proc/self/exe", argv[0], "third", NULL);
}
