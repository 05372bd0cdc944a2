// Raw mode: no echo, bytes at once and unchanged, VMIN and VTIME.
#include "tty.h"
static void minimum(struct termios *t, int min, int time) {
    t->c_cc[VMIN] = min, t->c_cc[VTIME] = time;
    tcsetattr(slave, TCSANOW, t);
}
static void *types(void *unused) {
    for (int i = 0; i < 4; i++) nap(2), type("k");
    return NULL;
}
int main(void) {
    struct termios t = open_tty();
    cfmakeraw(&t);
    printf("%x %x %x\n", t.c_iflag, t.c_oflag, t.c_lflag);
    minimum(&t, 1, 0);
    fcntl(master, F_SETFL, O_NONBLOCK);
    type("\003\004\r\n\x7f");
    show("raw", slave);
    show("no echo", master);
    write(slave, "a\nb", 3);
    ready(master);
    show("as written", master);
    minimum(&t, 4, 0);
    pthread_t k = start(types, 0);
    show("four", slave);
    join(k);
    minimum(&t, 0, 1);
    show("timed out", slave);
    minimum(&t, 0, 0);
    show("nothing", slave);
    type("xy");
    ready(slave);
    show("at once", slave);
    minimum(&t, 3, 1);
    type("z");
    show("pause between bytes", slave);
    t.c_lflag |= ECHO;
    minimum(&t, 1, 0);
    type("e\n");
    show("echoed", slave);
    fcntl(master, F_SETFL, 0);
    show_exactly("echo", master, 3);
}
