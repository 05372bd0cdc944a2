// Inline caches: call sites that patch themselves at a miss, in several threads.
#include "jit.h"
enum { SITES = 8, SIZE = 32 };
static unsigned char *code;
static _Atomic int misses;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
/* cmp edi, key; mov eax, value; je 1f; mov eax, -1; 1: ret */
static void site(int n, int key) {
    unsigned char *at = code + n * SIZE;
    memcpy(at, "\x81\xff\0\0\0\0\xb8\0\0\0\0\x74\x05\xb8\xff\xff\xff\xff\xc3", 19);
    memcpy(at + 2, &key, 4);
    memcpy(at + 7, &(int){key * 10 + n}, 4);
}
static int ask(int n, int key) {
    int value;
    pthread_mutex_lock(&mutex);
    while ((value = ((int (*)(int))(code + n * SIZE))(key)) == -1) {
        misses++;
        site(n, key);
    }
    pthread_mutex_unlock(&mutex);
    return value;
}
static void *asks(void *seed) {
    uint64_t hash = 0;
    for (int i = 0; i < 500; i++) hash = hash * 31 + ask((i * 7 + NUMBER(seed)) % SITES, i / 50 % 3);
    return (void *)hash;
}
int main(void) {
    code = pages(1, RWX);
    for (int i = 0; i < SITES; i++) site(i, 99);
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(asks, i);
    for (int i = 0; i < 3; i++) printf("%lx\n", join(t[i]));
    printf("%d\n", misses >= SITES);
}
