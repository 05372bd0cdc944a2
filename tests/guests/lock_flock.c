// Locks by flock: of the open file, so shared with a child, and against one who opened it for himself.
#include "proc.h"
#include <sys/file.h>
int main(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    TRY(flock(fd, LOCK_EX));
    reap("same open file", CHILD(TRY(flock(fd, LOCK_EX | LOCK_NB))));
    reap("own open file", CHILD(int own = open("file", O_RDWR); TRY(flock(own, LOCK_EX | LOCK_NB));
                                TRY(flock(own, LOCK_SH | LOCK_NB))));
    Gate ready = gate();
    pid_t pid = CHILD({
        int own = open("file", O_RDWR);
        pass(ready);
        flock(own, LOCK_EX); // waits
        char text[10] = "";
        pread(own, text, 9, 0);
        printf("child sees %s\n", text);
    });
    await(ready);
    usleep(5000);
    write(fd, "written", 7);
    flock(fd, LOCK_UN);
    reap("waiter", pid);
    TRY(flock(fd, LOCK_SH));
    reap("reader", CHILD(int own = open("file", O_RDWR); TRY(flock(own, LOCK_SH | LOCK_NB));
                         TRY(flock(own, LOCK_EX | LOCK_NB))));
    reap("unlocks for both", CHILD(flock(fd, LOCK_UN)));
    reap("free", CHILD(int own = open("file", O_RDWR); TRY(flock(own, LOCK_EX | LOCK_NB))));
}
