// Semaphores in shared memory and by name, System V ones with undo, between processes.
#include "thread.h"
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
int main(void) {
    sem_t *s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *value = (int *)(s + 10);
    sem_init(s, 1, 0), sem_init(s + 1, 1, 0);
    if (!fork()) {
        for (int i = 0; i < 50; i++) sem_wait(s), *value = *value * 3 + i, sem_post(s + 1);
        _exit(0);
    }
    for (int i = 0; i < 50; i++) *value += i, sem_post(s), sem_wait(s + 1);
    wait(NULL);
    printf("%d\n", *value);
    char name[40];
    sprintf(name, "/clew-guest-%d", getpid());
    sem_t *named = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    if (!fork()) sem_post(sem_open(name, 0)), _exit(0);
    TRY(sem_wait(named));
    wait(NULL);
    TRY(sem_unlink(name));
    int set = semget(IPC_PRIVATE, 1, 0600);
    semctl(set, 0, SETVAL, 1);
    if (!fork()) semop(set, &(struct sembuf){0, -1, SEM_UNDO}, 1), _exit(0); // its death gives it back
    wait(NULL);
    TRY(semctl(set, 0, GETVAL));
    TRY(semctl(set, 0, IPC_RMID));
}
