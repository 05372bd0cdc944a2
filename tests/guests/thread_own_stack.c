// Threads on stacks of the caller's, their attributes read back; the main thread's from /proc.
#include "thread.h"
static char *stack;
enum { SIZE = 1 << 18 };
static void *where(void *unused) {
    char here;
    pthread_attr_t attr;
    void *low;
    size_t size, guard;
    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_getguardsize(&attr, &guard);
    int within = &here >= (char *)low && &here < (char *)low + size;
    printf("within %d guard %zu mine %d\n", within, guard, low == stack);
    return &here >= stack && &here < stack + SIZE ? stack : NULL;
}
int main(void) {
    pthread_attr_t attr;
    stack = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    pthread_attr_init(&attr);
    PTRY(pthread_attr_setstack(&attr, stack, 100));
    PTRY(pthread_attr_setstack(&attr, stack, SIZE));
    pthread_t t;
    for (int i = 0; i < 3; i++) {
        pthread_create(&t, &attr, where, NULL);
        printf("%d\n", join(t) == (intptr_t)stack);
    }
    pthread_attr_init(&attr);
    PTRY(pthread_attr_setguardsize(&attr, 5 * PAGE));
    pthread_create(&t, &attr, where, NULL);
    join(t);
    where(NULL);
}
