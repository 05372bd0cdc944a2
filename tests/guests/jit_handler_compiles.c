// Lazy compilation in a signal handler: calls into a page that is no code yet, from four threads.
#include "jit.h"
enum { N = 64 };
static unsigned char *code;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int compiled;
static void handler(int sig, siginfo_t *info, void *context) {
    unsigned char *pc = (void *)REG(context, RIP);
    if (sig != SIGILL || (pc - code) % 16) _exit(1);
    pthread_mutex_lock(&mutex);
    if (pc[0] == 0x0f) { // still ud2: not compiled by another thread meanwhile
        unsigned char bytes[6];
        emit(bytes, (pc - code) / 16 * 3);
        memcpy(pc + 2, bytes + 2, 4);
        __atomic_store_n((short *)pc, *(short *)bytes, __ATOMIC_RELEASE); // others may be here
        compiled++;
    }
    pthread_mutex_unlock(&mutex);
}
static void *runs(void *n) {
    long sum = 0;
    for (int i = 0; i < 300; i++) sum = sum * 3 % 1000003 + run(code + (i * 7 + NUMBER(n)) % N * 16);
    return (void *)sum;
}
int main(void) {
    handle(SIGILL, handler, 0);
    code = pages(1, RWX);
    for (int i = 0; i < N; i++) memcpy(code + i * 16, "\x0f\x0b", 2);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(runs, i);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
    printf("%d\n", compiled);
}
