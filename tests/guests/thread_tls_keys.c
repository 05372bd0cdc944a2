// pthread keys: destructors run at exit, again while they set new values, not for a deleted key.
#include "thread.h"
static pthread_key_t first, second, deleted;
static void *last_round(void *unused) { return NULL; }
static void destroy_first(void *value) {
    printf("first %d\n", NUMBER(value));
    if (NUMBER(value) > 1) pthread_setspecific(first, POINTER(NUMBER(value) - 1));
}
static void destroy_second(void *value) { printf("second %s\n", (char *)value); }
static void *run(void *n) {
    pthread_setspecific(first, n);
    if (NUMBER(n) % 2) pthread_setspecific(second, "set");
    pthread_setspecific(deleted, "never seen");
    step();
    await(1 + (NUMBER(n) > 0));
    printf("%d %d\n", NUMBER(pthread_getspecific(first)), pthread_getspecific(second) != NULL);
    return NULL;
}
int main(void) {
    pthread_key_create(&first, destroy_first);
    pthread_key_create(&second, destroy_second);
    pthread_key_create(&deleted, destroy_second);
    pthread_t t = start(run, 3);
    await(1);
    pthread_key_delete(deleted);
    step();
    join(t);
    join(start(run, 10)); // only four rounds are made
    PTRY(pthread_setspecific(12345678, "x"));
    int keys = 0;
    pthread_key_t key;
    while (!pthread_key_create(&key, NULL)) keys++;
    printf("%d more keys\n", keys);
}
