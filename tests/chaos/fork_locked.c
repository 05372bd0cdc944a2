// A child is made while another thread holds a lock that the child wants.
#include "bug.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *logger(void *arg) {
    for (int i = 0; i < 20; i++) {
        pthread_mutex_lock(&lock);
        work(100);
        pthread_mutex_unlock(&lock);
        work(100);
    }
    return 0;
}
int main(void) {
    pthread_t t = run(logger, 0);
    work(2000);
    pid_t pid = fork();
    if (!pid) {
        alarm(4);
        pthread_mutex_lock(&lock);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    if (status) struck("the child waits for a lock that nobody holds");
    join(t);
}
