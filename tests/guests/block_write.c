// A write to a full pipe blocks until there is room, and goes on where it was.
#include "block.h"
static int p[2];
static char data[200000];
static void call(void) { TRY(write(p[1], data, sizeof data)); }
int main(void) {
    pipe(p);
    for (int i = 0; i < sizeof data; i++) data[i] = i * 7;
    pthread_t t = block(call);
    char *back = malloc(sizeof data);
    for (size_t got = 0; got < sizeof data;) got += read(p[0], back + got, 3000);
    join(t);
    printf("%d\n", memcmp(back, data, sizeof data));
    interruptible();
    t = block(call);
    kick(t, SIGUSR1, &blocked_.done); // a part was written
    join(t);
}
