// One thread changes a directory in every way, another reads what inotify tells.
#include "thread.h"
#include <poll.h>
#include <sys/inotify.h>
static int notify;
static char log_[2000];
static void *reads(void *unused) {
    char buffer[600] __attribute__((aligned(8)));
    uint32_t cookie = 0;
    for (;;)
        for (char *p = buffer, *end = buffer + read(notify, buffer, sizeof buffer); p < end;) {
            struct inotify_event *event = (void *)p;
            int paired = event->cookie && event->cookie == cookie;
            sprintf(log_ + strlen(log_), "%d %x %s %s\n", event->wd, event->mask, event->len ? event->name : "-",
                    paired ? "paired" : "");
            cookie = event->cookie;
            if (event->mask & IN_DELETE_SELF) return NULL;
            p += sizeof *event + event->len;
        }
}
int main(void) {
    notify = inotify_init1(IN_CLOEXEC);
    mkdir("d", 0700);
    TRY(inotify_add_watch(notify, "d", IN_ALL_EVENTS & ~IN_ACCESS));
    pthread_t t = start(reads, 0);
    int fd = open("d/file", O_CREAT | O_RDWR, 0600);
    write(fd, "x", 1);
    fchmod(fd, 0644);
    ftruncate(fd, 0);
    close(fd);
    TRY(inotify_add_watch(notify, "d/file", IN_OPEN | IN_ONESHOT));
    close(open("d/file", O_RDONLY));
    rename("d/file", "d/renamed");
    link("d/renamed", "d/link");
    unlink("d/link");
    mkdir("d/sub", 0700);
    rmdir("d/sub");
    unlink("d/renamed");
    rmdir("d");
    join(t);
    printf("%s", log_);
    TRY(inotify_rm_watch(notify, 77));
    TRY(inotify_add_watch(notify, "none", IN_OPEN));
}
