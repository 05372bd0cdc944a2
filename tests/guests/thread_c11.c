// The threads of C11: create, mutex, condition, thread-specific storage, call_once, sleep.
#include "guest.h"
#include <threads.h>
static mtx_t mutex;
static cnd_t cond;
static tss_t key;
static once_flag flag = ONCE_FLAG_INIT;
static thread_local int local = 3;
static int ready, once;
static void init(void) { once++; }
static void destroy(void *value) { printf("destroy %s\n", (char *)value); }
static int run(void *text) {
    call_once(&flag, init);
    tss_set(key, text);
    mtx_lock(&mutex);
    while (!ready) cnd_wait(&cond, &mutex);
    mtx_unlock(&mutex);
    local += strlen(text);
    thrd_exit(local);
}
int main(void) {
    thrd_t a, b;
    mtx_init(&mutex, mtx_timed | mtx_recursive);
    cnd_init(&cond);
    tss_create(&key, destroy);
    TRY(thrd_create(&a, run, "same"));
    TRY(thrd_create(&b, run, "same"));
    mtx_lock(&mutex);
    TRY(mtx_lock(&mutex));
    ready = 1;
    cnd_broadcast(&cond);
    mtx_unlock(&mutex);
    mtx_unlock(&mutex);
    int x, y;
    thrd_join(a, &x);
    thrd_join(b, &y);
    call_once(&flag, init);
    printf("%d %d %d once %d\n", x, y, local, once);
    TRY(thrd_sleep(&(struct timespec){0, 1000000}, NULL));
    struct timespec past = {1};
    mtx_lock(&mutex);
    printf("%d\n", cnd_timedwait(&cond, &mutex, &past) == thrd_timedout);
}
