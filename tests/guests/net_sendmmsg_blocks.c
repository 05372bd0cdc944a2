// sendmmsg waits after some of its messages; their lengths are told when it is done, not while others run.
#include "guest.h"
#include <pthread.h>
#include <sys/socket.h>
enum { COUNT = 64 };
static int ends[2], done;
static struct mmsghdr messages[COUNT];
static void *sender(void *arg) {
    int sent = sendmmsg(ends[0], messages, COUNT, 0);
    printf("sent %d\n", sent);
    __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
}
int main(void) {
    static char text[4096];
    struct iovec piece[COUNT];
    for (int i = 0; i < COUNT; i++) {
        piece[i] = (struct iovec){text, 100 + i};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &piece[i], .msg_iovlen = 1};
    }
    TRY(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
    int least = 4096;
    TRY(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least));
    pthread_t thread;
    pthread_create(&thread, 0, sender, 0);
    // It waits by now, or soon.
    for (int i = 0; i < 30; i++) usleep(1000);
    for (int i = 0; i < 3000; i++) syscall(SYS_getppid);
    int total = 0;
    for (int i = 0; i < COUNT; i++) total += recv(ends[1], text, sizeof text, 0);
    pthread_join(thread, 0);
    int told = 0;
    for (int i = 0; i < COUNT; i++) told += messages[i].msg_len;
    printf("%d %d %d\n", total, told, done);
}
