// System V message queues between processes: types, order, too long a message, waiting when full, removal.
#include "proc.h"
#include <sys/ipc.h>
#include <sys/msg.h>
struct message {
    long type;
    char text[5000];
};
int main(void) {
    struct message m = {0};
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    pid_t pid = CHILD({
        for (int i = 0; i < 6; i++) {
            m.type = 1 + i % 3;
            sprintf(m.text, "number %d", i);
            msgsnd(id, &m, 20, 0);
        }
    });
    reap("sender", pid);
    long types[] = {2, -3, 0, 3, 1, 0};
    for (int i = 0; i < 6; i++) {
        long n = msgrcv(id, &m, sizeof m.text, types[i], 0);
        printf("%ld type %ld %s\n", n, m.type, m.text);
    }
    TRY(msgrcv(id, &m, 5, 0, IPC_NOWAIT));
    msgsnd(id, &m, 100, 0);
    TRY(msgrcv(id, &m, 5, 0, IPC_NOWAIT));
    TRY(msgrcv(id, &m, 5, 0, IPC_NOWAIT | MSG_NOERROR));
    pid = CHILD(for (int i = 0; i < 20; i++) m.type = i + 1, msgsnd(id, &m, 5000, 0)); // more than the queue holds
    usleep(3000);
    long sum = 0;
    for (int i = 0; i < 20; i++) {
        if (msgrcv(id, &m, 5000, 0, 0) != 5000) perror("msgrcv");
        sum = sum * 3 + m.type;
    }
    reap("filler", pid);
    printf("%ld\n", sum);
    struct msqid_ds state;
    msgctl(id, IPC_STAT, &state);
    printf("left %ld, last sender %d receiver %d\n", state.msg_qnum, state.msg_lspid == pid, state.msg_lrpid == getpid());
    Gate ready = gate();
    pid = CHILD(pass(ready); exit(msgrcv(id, &m, 5000, 0, 0) == -1 && (errno == EIDRM || errno == EINVAL) ? 7 : 8));
    await(ready);
    usleep(3000);
    TRY(msgctl(id, IPC_RMID, NULL));
    reap("waiter", pid);
}
