// Two processes spin on words of a memfd that both map, without any call.
#include "thread.h"
#include <sys/wait.h>
int main(void) {
    int fd = memfd_create("words", 0);
    ftruncate(fd, PAGE);
    volatile int *words = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int child = fork();
    if (!child) {
        munmap((void *)words, PAGE);
        words = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        for (int i = 1; i <= 20; i++) {
            while (words[0] != i) {}
            words[2] = words[2] * 3 + i;
            words[1] = i;
        }
        _exit(0);
    }
    for (int i = 1; i <= 20; i++) {
        words[2] += 1000;
        words[0] = i;
        while (words[1] != i) {}
    }
    waitpid(child, NULL, 0);
    printf("%d\n", words[2]);
}
