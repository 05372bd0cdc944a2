// Normal, recursive and error-checking mutexes, tried by their owner and by another thread.
#include "thread.h"
static pthread_mutex_t mutex;
static void *other(void *unused) {
    PTRY(pthread_mutex_trylock(&mutex));
    PTRY(pthread_mutex_unlock(&mutex));
    return NULL;
}
static void kind(const char *name, int type) {
    puts(name);
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutex_init(&mutex, &attr);
    PTRY(pthread_mutex_lock(&mutex));
    PTRY(pthread_mutex_trylock(&mutex));
    if (type != PTHREAD_MUTEX_NORMAL) {
        join(start(other, 0));
        PTRY(pthread_mutex_lock(&mutex));
        PTRY(pthread_mutex_destroy(&mutex));
        PTRY(pthread_mutex_unlock(&mutex));
        PTRY(pthread_mutex_unlock(&mutex));
    }
    if (type == PTHREAD_MUTEX_RECURSIVE) PTRY(pthread_mutex_unlock(&mutex));
    if (type == PTHREAD_MUTEX_NORMAL) PTRY(pthread_mutex_unlock(&mutex));
    join(start(other, 0));
    PTRY(pthread_mutex_destroy(&mutex));
}
int main(void) {
    kind("normal", PTHREAD_MUTEX_NORMAL);
    kind("recursive", PTHREAD_MUTEX_RECURSIVE);
    kind("errorcheck", PTHREAD_MUTEX_ERRORCHECK);
    kind("adaptive", PTHREAD_MUTEX_ADAPTIVE_NP);
}
