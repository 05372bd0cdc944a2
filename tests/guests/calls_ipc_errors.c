// System V's queues, semaphores and segments; POSIX queues.
// warns: how much some commands write is unknown
#include "calls.h"
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void queues(void) {
    int id = WORK(msgget, IPC_PRIVATE, 0600);
    CALL(msgget, 0x7e57c1e1, 0600);
    struct {
        long type;
        char text[8];
    } *msg = A(0);
    fresh();
    msg->type = 0;
    CALL(msgsnd, id, msg, 4, 0);
    msg->type = 5;
    CALL(msgsnd, id, msg, -1L, 0);
    CALL(msgsnd, id, BAD, 4, 0);
    CALL(msgsnd, 0x7fffffff, msg, 4, 0);
    CALL(msgsnd, id, msg, 1000000, 0);
    CALL(msgsnd, id, msg, 4, IPC_NOWAIT);
    CALL(msgrcv, id, A(64), 2, 0, 0);
    CALL(msgrcv, id, A(64), 8, 7, IPC_NOWAIT);
    CALL(msgrcv, id, A(64), -1L, 0, 0);
    CALL(msgrcv, id, A(64), 8, 0, 040000);
    CALL(msgrcv, id, A(64), 2, 0, MSG_NOERROR);
    CALL(msgsnd, id, msg, 4, IPC_NOWAIT);
    CALL(msgrcv, id, BAD, 8, 0, 0);
    CALL(msgctl, id, 77, 0);
    CALL(msgctl, id, IPC_STAT, BAD);
    CALL(msgctl, id, IPC_SET, BAD);
    FILL(msgctl, id, IPC_STAT, A(256));
    CALL(msgctl, 0x7fffffff, IPC_STAT, A(256));
    CALL(msgctl, id, IPC_RMID, 0);
    CALL(msgsnd, id, msg, 4, IPC_NOWAIT);
}

static void semaphores(void) {
    int id = WORK(semget, IPC_PRIVATE, 3, 0600);
    CALL(semget, IPC_PRIVATE, -1, 0600);
    CALL(semget, IPC_PRIVATE, 0, 0600);
    CALL(semget, IPC_PRIVATE, 1 << 20, 0600);
    CALL(semget, 0x7e57c1e1, 1, 0600);
    struct sembuf up = {0, 2, 0}, down = {1, -1, IPC_NOWAIT}, far = {7, 1, 0}, over = {0, 32767, 0};
    fresh();
    CALL(semop, id, &up, 1);
    CALL(semop, id, &down, 1);
    CALL(semop, id, &far, 1);
    CALL(semop, id, &over, 1);
    CALL(semop, id, &up, 0);
    CALL(semop, id, &up, 100000);
    CALL(semop, id, BAD, 1);
    CALL(semop, 0x7fffffff, &up, 1);
    struct timespec wrong = {0, -1};
    CALL(semtimedop, id, &up, 1, &wrong);
    CALL(semtimedop, id, &up, 1, BAD);
    CALL(semctl, id, 0, GETVAL);
    CALL(semctl, id, 7, GETVAL);
    CALL(semctl, id, 0, 77);
    CALL(semctl, id, 0, SETVAL, 40000);
    CALL(semctl, id, 0, GETALL, A(0));
    CALL(semctl, id, 0, GETALL, BAD);
    CALL(semctl, id, 0, SETALL, BAD);
    FILL(semctl, id, 0, IPC_STAT, A(256));
    CALL(semctl, id, 0, IPC_STAT, BAD);
    CALL(semctl, id, 0, GETNCNT);
    CALL(semctl, 0x7fffffff, 0, GETVAL);
    CALL(semctl, id, 0, IPC_RMID);
    CALL(semop, id, &up, 1);
}

static void segments(void) {
    int id = WORK(shmget, IPC_PRIVATE, 2 * PAGE, 0600);
    CALL(shmget, IPC_PRIVATE, 0, 0600);
    CALL(shmget, 0x7e57c1e1, PAGE, 0600);
    CALL(shmat, 0x7fffffff, 0, 0);
    CALL(shmat, id, 1, 0);
    CALL(shmat, id, HIGH, 0);
    CALL(shmat, id, arena, 0);
    char *at = (char *)WORK(shmat, id, 0, 0);
    strcpy(at, "shared");
    CALL(shmdt, at + PAGE);
    CALL(shmdt, at + 1);
    CALL(shmdt, arena);
    fresh();
    CALL(shmctl, id, 77, A(0));
    CALL(shmctl, id, IPC_STAT, BAD);
    FILL(shmctl, id, IPC_STAT, A(0));
    CALL(shmctl, id, SHM_LOCK, 0);
    CALL(shmctl, id, SHM_UNLOCK, 0);
    CALL(shmctl, 0x7fffffff, IPC_RMID, 0);
    CALL(shmctl, id, IPC_RMID, 0);
    puts(at);
    CALL(shmdt, at);
    CALL(shmdt, at);
}

static void posix(void) {
    struct mq_attr small = {0, 2, 16}, wrong = {0, -1, 16};
    CALL(mq_open, "name/", O_CREAT | O_RDWR, 0600, &small);
    CALL(mq_open, "clew-calls", O_RDWR, 0600, 0);
    CALL(mq_open, "clew-calls", O_CREAT | O_RDWR, 0600, &wrong);
    CALL(mq_open, "clew-calls", O_CREAT | O_RDWR, 0600, BAD);
    CALL(mq_open, BAD, O_RDWR, 0600, 0);
    int fd = CALL(mq_open, "clew-calls", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &small);
    CALL(mq_open, "clew-calls", O_CREAT | O_EXCL | O_RDWR, 0600, &small);
    int file = dup(1);
    fresh();
    CALL(mq_timedreceive, fd, A(0), 16, A(64), 0);
    CALL(mq_timedsend, fd, "message", 7, 99999, 0);
    CALL(mq_timedsend, fd, "message", 100, 1, 0);
    CALL(mq_timedsend, fd, BAD, 7, 1, 0);
    CALL(mq_timedsend, file, "message", 7, 1, 0);
    CALL(mq_timedsend, 77, "message", 7, 1, 0);
    CALL(mq_timedsend, fd, "message", 7, 3, 0);
    CALL(mq_timedsend, fd, "other", 5, 2, 0);
    CALL(mq_timedsend, fd, "third", 5, 2, 0);
    struct timespec never = {0, 2000000000};
    CALL(mq_timedsend, fd, "third", 5, 2, &never);
    CALL(mq_timedsend, fd, "third", 5, 2, BAD);
    CALL(mq_timedreceive, fd, A(0), 4, A(64), 0);
    CALL(mq_timedreceive, fd, A(0), 16, A(64), 0);
    CALL(mq_timedreceive, fd, A(0), 16, BAD, 0);
    CALL(mq_getsetattr, fd, 0, A(128));
    struct mq_attr odd = {77};
    CALL(mq_getsetattr, fd, &odd, 0);
    CALL(mq_getsetattr, fd, 0, BAD);
    CALL(mq_getsetattr, file, 0, A(128));
    CALL(mq_getsetattr, 77, 0, A(128));
    struct sigevent event = {.sigev_notify = 77};
    CALL(mq_notify, fd, &event);
    CALL(mq_notify, 77, 0);
    CALL(mq_notify, fd, BAD);
    event.sigev_notify = SIGEV_SIGNAL, event.sigev_signo = 77;
    CALL(mq_notify, fd, &event);
    event.sigev_notify = SIGEV_NONE;
    CALL(mq_notify, fd, &event);
    CALL(mq_notify, fd, &event);
    CALL(mq_notify, fd, 0);
    CALL(mq_unlink, "clew-calls");
    CALL(mq_unlink, "clew-calls");
    CALL(mq_unlink, BAD);
}

int main(void) {
    queues();
    semaphores();
    segments();
    mq_unlink("/clew-calls");
    posix();
}
