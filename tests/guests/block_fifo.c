// The open of a fifo blocks until the other end is opened by another thread.
#include "block.h"
static int opened;
static void call_read(void) { opened = open("fifo", O_RDONLY); }
static void call_write(void) { opened = open("fifo", O_WRONLY); }
static void interrupted(void) { TRY(open("fifo", O_RDONLY)); }
int main(void) {
    mkfifo("fifo", 0600);
    TRY(open("fifo", O_WRONLY | O_NONBLOCK));
    pthread_t t = block(call_read);
    int w = open("fifo", O_WRONLY);
    join(t);
    char text[10] = "";
    write(w, "through", 7);
    read(opened, text, 9);
    puts(text);
    close(w), close(opened);
    t = block(call_write);
    int r = open("fifo", O_RDONLY);
    join(t);
    write(opened, "back", 4);
    close(opened);
    TRY(read(r, text, 9));
    TRY(read(r, text, 9));
    close(r);
    interruptible();
    interrupt(block(interrupted));
}
