// A bit of everything that a trace can hold: what is forged.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count;
static void *works(void *name) {
    for (int i = 0; i < 20; i++) {
        pthread_mutex_lock(&mutex);
        count++;
        pthread_mutex_unlock(&mutex);
        sched_yield();
    }
    printf("%s\n", (char *)name);
    return NULL;
}
static void on_signal(int signo, siginfo_t *info, void *context) {
    (void)info, (void)context;
    if (write(1, "signal\n", 7) != 7 || signo != SIGUSR1) _exit(4);
}
int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    char *file = argc > 1 ? argv[1] : argv[0];
    int fd = open(file, O_RDONLY);
    char *mapped = mmap(0, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
    char bytes[64] = "";
    if (read(fd, bytes, sizeof bytes) < 0 || memcmp(bytes, mapped, 16)) return 1;
    printf("%02x\n", bytes[17]);
    char *memory = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, 1 << 16);
    memory = mremap(memory, 1 << 16, 1 << 18, MREMAP_MAYMOVE);
    mprotect(memory, 4096, PROT_READ);
    madvise(memory + 8192, 4096, MADV_DONTNEED);
    munmap(memory + (1 << 17), 4096);
    char *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, works, "one");
    pthread_create(&threads[1], NULL, works, "two");
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    if (fork() == 0) {
        shared[0] = 7;
        free(malloc(1 << 20));
        printf("child %d\n", getppid() > 1);
        exit(3);
    }
    int status;
    wait(&status);
    printf("%d %d %d %d\n", WEXITSTATUS(status), shared[0], count, __rdtsc() != 0);
}
