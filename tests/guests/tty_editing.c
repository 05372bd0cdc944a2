// The line discipline: erase, word erase, kill, reprint, literal next, end of file, echo of it all.
#include "tty.h"
static void line(const char *keys, int echo) {
    type(keys);
    show("line", slave);
    show_exactly("echo", master, echo);
}
int main(void) {
    open_tty();
    line("plain\n", 7);
    line("errox\x7fr\n", 11);
    line("two words\x17more\n", 30);
    line("all of it\x15kept\n", 42);
    line("\x16\x03 literal\n", 14);
    line("return\r", 8);
    line("tab\there\n", 10);
    line("no newline\x04", 10);
    type("\x04");
    show("end of file", slave);
    type("first\nsecond\n");
    show("one", slave);
    show("two", slave);
    show_exactly("both echoed", master, 15);
    type("long line\n");
    char byte;
    read(slave, &byte, 1);
    show("rest", slave);
    fcntl(slave, F_SETFL, O_NONBLOCK);
    type("incomplete");
    show("not yet", slave);
    type("\n");
    ready(slave);
    show("now", slave);
    show_exactly("echoes", master, 23);
    write(slave, "out\nput", 7);
    show_exactly("with a carriage return", master, 8);
}
