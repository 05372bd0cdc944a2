// What a careful program does about the outside world: transfers may be short, calls interrupted, waits end
// for no reason, children late, and a handler only notes that it was called.
#include "../bug.h"
static volatile sig_atomic_t alarms;
static void note(int sig) { alarms++; }
static void transfer(int fd, char *data, size_t len, int writes) {
    for (size_t done = 0; done < len;) {
        ssize_t n = writes ? write(fd, data + done, len - done) : read(fd, data + done, len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) struck("a transfer fails");
        done += n;
    }
}
static char sent[40000], got[40000];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int ready;
static int pair[2];
static void *sender(void *arg) {
    transfer(pair[0], sent, sizeof(sent), 1);
    pthread_mutex_lock(&lock);
    ready = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return 0;
}
int main(void) {
    struct sigaction action = {.sa_handler = note};
    sigaction(SIGUSR1, &action, 0);
    for (size_t i = 0; i < sizeof(sent); i++) sent[i] = i * 7;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) abort();
    pthread_t t = run(sender, 0);
    pid_t child = fork();
    if (!child) _exit(kill(getppid(), SIGUSR1));
    transfer(pair[1], got, sizeof(got), 0);
    pthread_mutex_lock(&lock);
    while (!ready) pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    int status;
    while (waitpid(child, &status, 0) != child)
        if (errno != EINTR) struck("the child is lost");
    join(t);
    if (status || alarms != 1 || memcmp(sent, got, sizeof(got))) struck("something is lost");
}
