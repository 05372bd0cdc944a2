// msgrcv, msgsnd and semop of System V block until another thread acts.
#include "block.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
static int queue, sem;
static struct { long type; char text[16]; } message = {5, "untouched"};
static void call_receive(void) { TRY(msgrcv(queue, &message, 16, 3, 0)); }
static void call_semop(void) { TRY(semop(sem, (struct sembuf[]){{0, -2}, {1, 1}}, 2)); }
static void call_semtimedop(void) {
    TRY(semtimedop(sem, &(struct sembuf){0, -1}, 1, &(struct timespec){0, 5000000}));
}
int main(void) {
    queue = msgget(IPC_PRIVATE, 0600);
    sem = semget(IPC_PRIVATE, 2, 0600);
    pthread_t t = block(call_receive);
    struct { long type; char text[16]; } out = {2, "not this"};
    msgsnd(queue, &out, 16, 0);
    printf("%ld %s\n", message.type, message.text);
    out.type = 3, strcpy(out.text, "this one");
    msgsnd(queue, &out, 10, 0);
    join(t);
    printf("%ld %s\n", message.type, message.text);
    t = block(call_semop);
    semop(sem, &(struct sembuf){0, 1}, 1);
    printf("%d %d\n", semctl(sem, 0, GETVAL), semctl(sem, 1, GETVAL));
    semop(sem, &(struct sembuf){0, 1}, 1);
    join(t);
    printf("%d %d\n", semctl(sem, 0, GETVAL), semctl(sem, 1, GETVAL));
    call_semtimedop();
    interruptible();
    interrupt(block(call_receive)), interrupt(block(call_semop));
    t = block(call_receive);
    nap(30);
    msgctl(queue, IPC_RMID, NULL);
    join(t);
    TRY(semctl(sem, 0, IPC_RMID));
}
