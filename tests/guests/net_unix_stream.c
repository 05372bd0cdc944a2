// Unix stream sockets by path and in the abstract name space, between threads.
#include "net.h"
static void *serves(void *listener) {
    struct sockaddr_un peer;
    socklen_t size = sizeof peer;
    int s = accept(NUMBER(listener), (void *)&peer, &size);
    char data[30] = "";
    long got = read(s, data, sizeof data);
    printf("server has '%s', peer name of %d bytes\n", data, size);
    write(s, "answer", 7);
    close(s);
    return POINTER(got);
}
static void with(struct sockaddr_un *name, socklen_t size) {
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), s = socket(AF_UNIX, SOCK_STREAM, 0);
    TRY(bind(listener, (void *)name, size));
    TRY(connect(s, (void *)name, size));
    TRY(listen(listener, 1));
    pthread_t t = start(serves, listener);
    TRY(connect(s, (void *)name, size));
    write(s, "question", 9);
    char data[30] = "";
    read(s, data, sizeof data);
    puts(data);
    printf("%ld\n", join(t));
    struct sockaddr_un got;
    socklen_t length = sizeof got;
    getpeername(s, (void *)&got, &length);
    printf("%d %d\n", length, memcmp(&got, name, length));
    TRY(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)name, size));
    close(listener);
    TRY(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)name, size));
}
int main(void) {
    struct sockaddr_un name = {AF_UNIX, "path"}, abstract = {AF_UNIX};
    with(&name, sizeof name);
    sprintf(abstract.sun_path + 1, "clew-guest-%d", getpid());
    with(&abstract, 40);
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    TRY(bind(s, (void *)&name, 2)); // autobind
    socklen_t size = sizeof name;
    getsockname(s, (void *)&name, &size);
    printf("%d %d\n", size, name.sun_path[0]);
}
