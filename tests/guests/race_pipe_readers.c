// Four threads read one pipe: who gets which bytes.
// nondeterministic: the schedule is the point
#include "thread.h"
static int p[2];
static void *reads(void *n) {
    unsigned char bytes[7];
    uint64_t hash = 0, total = 0;
    for (long got; (got = read(p[0], bytes, sizeof bytes)) > 0; total += got)
        hash = hash * 31 + hash_bytes(bytes, got);
    printf("%d: %lu bytes %lx\n", NUMBER(n), total, hash);
    return NULL;
}
int main(void) {
    pipe(p);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(reads, i);
    for (int i = 0; i < 500; i++) {
        write(p[1], &i, 4);
        if (i % 100 == 0) usleep(100);
    }
    close(p[1]);
    for (int i = 0; i < 4; i++) join(t[i]);
}
