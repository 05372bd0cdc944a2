// A POSIX shared memory object and a named semaphore, opened by name in a program started by exec.
// libs: -lrt -pthread
#include "proc.h"
#include <semaphore.h>
int main(int argc, char **argv) {
    char name[40];
    sprintf(name, "/guest-%s", argc > 1 ? argv[1] : "");
    if (argc > 1) {
        char *map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, shm_open(name, O_RDWR, 0), 0);
        sem_t *done = sem_open(name, 0);
        printf("sees %s\n", map);
        strcpy(map, "changed");
        sem_post(done);
        return 0;
    }
    char number[20];
    sprintf(number, "%d", getpid());
    strcat(name, number);
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    ftruncate(fd, PAGE);
    char *map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    sem_t *done = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    strcpy(map, "what was written");
    pid_t pid = CHILD(execl("/proc/self/exe", "x", number, NULL));
    sem_wait(done);
    reap("child", pid);
    puts(map);
    TRY(sem_unlink(name));
    TRY(shm_unlink(name));
    TRY(shm_open(name, O_RDWR, 0));
}
