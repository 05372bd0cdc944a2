// exit_group while others block in read, futex, nanosleep, poll, sigwait, accept and a join.
// exit: 17
#include "thread.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
static int p[2], word;
static pthread_t forever;
static void *blocks(void *how) {
    char c;
    sigset_t set;
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    sigfillset(&set);
    step();
    switch (NUMBER(how)) {
    case 0: read(p[0], &c, 1); break;
    case 1: futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0); break;
    case 2: sleep(1000); break;
    case 3: poll(NULL, 0, -1); break;
    case 4: sigwait(&set, &(int){0}); break;
    case 5: bind(s, (void *)&(struct sockaddr_un){AF_UNIX, "s"}, 10), listen(s, 1), accept(s, 0, 0); break;
    case 6: pthread_join(forever, NULL); break;
    case 7: for (;;) word++, word--; // or only computes
    }
    puts("woken");
    return NULL;
}
int main(void) {
    pipe(p);
    forever = start(blocks, 0);
    for (int i = 1; i < 8; i++) start(blocks, i);
    await(8);
    nap(10);
    puts("out");
    exit(17);
}
