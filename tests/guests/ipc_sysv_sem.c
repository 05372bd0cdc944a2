// System V semaphores between processes: waiting, several at once, undo at the end, removal while one waits.
#include "proc.h"
#include <sys/ipc.h>
#include <sys/sem.h>
static int id;
static int op(int number, int by, int flags) {
    struct sembuf one = {number, by, flags};
    return semop(id, &one, 1);
}
int main(void) {
    id = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    unsigned short values[2] = {0, 3};
    semctl(id, 0, SETALL, values);
    pid_t pid = CHILD(usleep(2000); op(0, 5, 0); exit(0));
    TRY(op(0, -5, 0)); // waits
    reap("adder", pid);
    TRY(op(0, -1, IPC_NOWAIT));
    printf("by the child %d\n", semctl(id, 0, GETPID) == getpid());
    reap("undone", CHILD(op(1, -2, SEM_UNDO); printf("value %d\n", semctl(id, 1, GETVAL))));
    printf("value %d\n", semctl(id, 1, GETVAL));
    struct sembuf both[2] = {{0, 1, 0}, {1, -9, IPC_NOWAIT}};
    TRY(semop(id, both, 2));
    printf("values %d %d\n", semctl(id, 0, GETVAL), semctl(id, 1, GETVAL));
    struct timespec limit = {0, 2000000};
    struct sembuf wait_long = {1, -100, 0};
    TRY(semtimedop(id, &wait_long, 1, &limit));
    pid = CHILD(exit(op(0, -1, 0) == -1 && errno == EIDRM ? 7 : 8));
    while (semctl(id, 0, GETNCNT) == 0) usleep(500);
    TRY(semctl(id, 0, IPC_RMID));
    reap("waiter", pid);
    printf("removed %d\n", semctl(id, 0, GETVAL) == -1);
}
