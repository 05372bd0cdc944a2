// A read of an empty pipe: the buffer changes only when the data is there.
#include "block.h"
static int p[2];
static char buffer[20] = "untouched";
static void call(void) { TRY(read(p[0], buffer, 20)); }
static void call_v(void) {
    struct iovec { void *at; size_t size; } parts[2] = {{buffer, 3}, {buffer + 10, 5}};
    TRY(syscall(SYS_readv, p[0], parts, 2));
}
int main(void) {
    pipe(p);
    pthread_t t = block(call);
    puts(buffer);
    write(p[1], "data", 5);
    join(t);
    puts(buffer);
    t = block(call_v);
    puts(buffer);
    write(p[1], "abcdefg", 7);
    join(t);
    printf("%.3s %.5s\n", buffer, buffer + 10);
    t = block(call);
    close(p[1]);
    join(t);
}
