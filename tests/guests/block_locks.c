// flock and fcntl locks of open file descriptions block threads; each is granted at the unlock.
#include "block.h"
#include <sys/file.h>
static int mine, other;
static void call_flock(void) { WORKS(flock(other, LOCK_EX)); }
static void call_ofd(void) {
    struct flock lock = {F_WRLCK, SEEK_SET, 5, 10};
    WORKS(fcntl(other, F_OFD_SETLKW, &lock));
}
int main(void) {
    mine = open("file", O_RDWR | O_CREAT, 0600);
    other = open("file", O_RDWR);
    flock(mine, LOCK_EX);
    TRY(flock(other, LOCK_EX | LOCK_NB));
    pthread_t t = block(call_flock);
    flock(mine, LOCK_UN);
    join(t);
    TRY(flock(mine, LOCK_SH | LOCK_NB));
    flock(other, LOCK_UN);
    struct flock lock = {F_WRLCK, SEEK_SET, 0, 8};
    TRY(fcntl(mine, F_OFD_SETLK, &lock));
    t = block(call_ofd);
    lock.l_type = F_UNLCK;
    fcntl(mine, F_OFD_SETLK, &lock);
    join(t);
    lock = (struct flock){F_RDLCK, SEEK_SET, 0, 100};
    fcntl(mine, F_OFD_GETLK, &lock);
    printf("%d %ld %ld %d\n", lock.l_type == F_WRLCK, lock.l_start, lock.l_len, lock.l_pid);
    flock(mine, LOCK_EX);
    interruptible();
    interrupt(block(call_flock));
}
