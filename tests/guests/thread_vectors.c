// Vector registers held across a long computation by several threads, with signals between.
// build: -mavx
// needs: avx
#include "thread.h"
#include <immintrin.h>
static _Atomic int done;
static void handler(int sig, siginfo_t *info, void *context) { asm volatile("vzeroall" ::: "memory"); }
static void *run(void *n) {
    __m256d acc[8];
    for (int i = 0; i < 8; i++) acc[i] = _mm256_set1_pd(NUMBER(n) + i);
    for (int i = 0; i < 200000; i++)
        for (int j = 0; j < 8; j++)
            acc[j] = _mm256_add_pd(_mm256_mul_pd(acc[j], _mm256_set1_pd(0.99999)), _mm256_set1_pd(i & 7));
    double out[4], sum = 0;
    for (int i = 0; i < 8; i++) _mm256_storeu_pd(out, acc[i]), sum += out[i % 4] * i;
    done++;
    return (void *)(intptr_t)(sum * 1e6);
}
int main(void) {
    handle(SIGUSR1, handler, 0);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(run, i * 100);
    for (int i = 0; done < 4; i++) {
        pthread_kill(t[i % 4], SIGUSR1); // joinable threads that are gone take it too
        usleep(200);
    }
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
}
