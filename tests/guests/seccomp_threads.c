// SECCOMP_FILTER_FLAG_TSYNC: the other threads get the filter too.
#include "seccomp.h"
#include <pthread.h>

static pthread_barrier_t both;

static void *thread(void *arg) {
    TRY((int)getuid() >= 0);
    pthread_barrier_wait(&both);
    pthread_barrier_wait(&both);
    TRY((int)getuid() >= 0);
    return arg;
}

int main(void) {
    pthread_t id;
    pthread_barrier_init(&both, NULL, 2);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    pthread_create(&id, NULL, thread, NULL);
    pthread_barrier_wait(&both);
    TRY(INSTALL(SECCOMP_FILTER_FLAG_TSYNC, LOAD(nr), CALL(SYS_getuid, SECCOMP_RET_ERRNO | 33),
                RETURN(SECCOMP_RET_ALLOW)));
    pthread_barrier_wait(&both);
    pthread_join(id, NULL);
}
