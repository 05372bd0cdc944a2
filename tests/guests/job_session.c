// setsid, setpgid, getsid and the terminal ownership: what is allowed to whom.
// libs: -lutil
#include "pty.h"
int main(void) {
    int master, slave;
    openpty(&master, &slave, NULL, NULL, NULL);
    reap("leader", CHILD({
             Gate ready = gate();
             TRY(setsid() == getpid());
             TRY(setsid());
             TRY(setpgid(0, 0));
             TRY(tcgetpgrp(slave));
             TRY(ioctl(slave, TIOCSCTTY, 0));
             printf("foreground %d session %d\n", tcgetpgrp(slave) == getpid(), tcgetsid(slave) == getpid());
             Gate go = gate();
             pid_t member = CHILD(pass(ready); await(go); exit(tcgetpgrp(slave) == getpgrp()));
             await(ready);
             TRY(setpgid(member, member));
             TRY(getpgid(member) == member);
             TRY(getsid(member) == getpid());
             TRY(tcsetpgrp(slave, member));
             printf("foreground is the member %d\n", tcgetpgrp(slave) == member);
             TRY(setpgid(member, 0x7fffffff));
             TRY(tcsetpgrp(slave, 0x7fffffff));
             pass(go);
             reap("member", member);
             printf("gone: %d\n", setpgid(member, member) == -1 && errno == ESRCH);
             signal(SIGTTOU, SIG_IGN);
             TRY(tcsetpgrp(slave, getpgrp()));
             pid_t other = CHILD(setsid(); TRY(ioctl(slave, TIOCSCTTY, 0)); TRY(tcgetpgrp(slave)); TRY(open("/dev/tty", O_RDWR)));
             reap("of another session", other);
             signal(SIGHUP, SIG_IGN);
             TRY(ioctl(slave, TIOCNOTTY));
             TRY(open("/dev/tty", O_RDWR));
         }));
    printf("not of my session: %d\n", tcgetpgrp(slave) == -1 && errno == ENOTTY);
}
