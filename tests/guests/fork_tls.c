// Thread-local storage in the child: own copies behind the same FS base, errno included; GS stays too.
#include "proc.h"
#include <asm/prctl.h>
static __thread int counter = 5;
static __thread char text[100] = "initial";
int main(void) {
    unsigned long before, after, gs;
    syscall(SYS_arch_prctl, ARCH_GET_FS, &before);
    syscall(SYS_arch_prctl, ARCH_SET_GS, 0x1234560);
    counter++;
    errno = EXDEV;
    pid_t pid = fork();
    if (!pid) {
        int kept = errno;
        syscall(SYS_arch_prctl, ARCH_GET_FS, &after);
        syscall(SYS_arch_prctl, ARCH_GET_GS, &gs);
        printf("child: same base %d gs %lx counter %d %s errno %d\n", before == after, gs, counter, text, kept == EXDEV);
        counter = 100;
        strcpy(text, "child's");
        open("/does/not/exist", O_RDONLY);
        printf("child: counter %d %s errno %d\n", counter, text, errno == ENOENT);
        exit(0);
    }
    int kept = errno;
    reap("child", pid);
    printf("parent: counter %d %s errno %d\n", counter, text, kept == EXDEV);
}
