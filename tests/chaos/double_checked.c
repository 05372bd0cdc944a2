// The object can be seen before it is complete.
#include "bug.h"
typedef struct { int size, *table; } Config;
static Config *volatile config;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Config *get(void) {
    if (!config) {
        pthread_mutex_lock(&lock);
        if (!config) {
            config = calloc(1, sizeof(Config));
            config->size = 100;
            config->table = calloc(100, sizeof(int));
        }
        pthread_mutex_unlock(&lock);
    }
    return config;
}
static void *user(void *arg) {
    Config *c = get();
    if (!c->table) struck("the table is not there yet");
    c->table[5]++;
    return 0;
}
int main(void) {
    pthread_t a = run(user, 0), b = run(user, 0);
    join(a), join(b);
}
