// Calls that go on after a handler with SA_RESTART: read, write, accept, wait4, flock, msgrcv not.
#include "block.h"
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/wait.h>
static _Atomic int hits;
static void handler(int sig, siginfo_t *info, void *context) { hits++; }
static int p[2], q, child, status, f;
static char data[5];
static void call_read(void) { TRY(read(p[0], data, 5)); }
static void call_wait(void) { TRY(waitpid(child, &status, 0) == child); }
static void call_flock(void) { TRY(flock(f, LOCK_EX)); }
static void call_msgrcv(void) { TRY(msgrcv(q, &(struct { long type; char text[9]; }){0}, 9, 0, 0)); }
static void pester(pthread_t t) {
    for (int before = hits; hits < before + 3; nap(1)) pthread_kill(t, SIGUSR1);
}
int main(void) {
    handle(SIGUSR1, handler, SA_RESTART);
    pipe(p);
    pthread_t t = block(call_read);
    pester(t);
    write(p[1], "read", 5);
    join(t);
    puts(data);
    if (!(child = fork())) pause(), _exit(3);
    t = block(call_wait);
    pester(t);
    kill(child, SIGKILL);
    join(t);
    int mine = open("file", O_CREAT | O_RDWR, 0600);
    f = open("file", O_RDWR);
    flock(mine, LOCK_EX);
    t = block(call_flock);
    pester(t);
    flock(mine, LOCK_UN);
    join(t);
    q = msgget(IPC_PRIVATE, 0600);
    interrupt(block(call_msgrcv));
    msgctl(q, IPC_RMID, NULL);
}
