// A server that forks for each of ten clients, on a socket in the file system and on TCP.
#include "proc.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
static void serve(int listener, struct sockaddr *address, socklen_t size) {
    listen(listener, 20);
    for (int i = 0; i < 10; i++)
        CHILD({
            int fd = socket(address->sa_family, SOCK_STREAM, 0);
            if (connect(fd, address, size)) perror("connect");
            int answer = 0;
            dprintf(fd, "%d\n", i);
            shutdown(fd, SHUT_WR);
            if (read(fd, &answer, sizeof answer) != sizeof answer) perror("read");
            exit(answer);
        });
    for (int i = 0; i < 10; i++) {
        int fd = accept(listener, NULL, NULL);
        CHILD({
            char text[10] = "";
            read(fd, text, sizeof text);
            int answer = atoi(text) * 3 + 1;
            write(fd, &answer, sizeof answer);
            exit(100);
        });
        close(fd);
    }
    int clients = 0, sum = 0, servers = 0, status;
    while (wait(&status) > 0) {
        if (WEXITSTATUS(status) == 100) servers++;
        else clients++, sum += WEXITSTATUS(status);
    }
    printf("%d clients, %d servers, sum %d\n", clients, servers, sum);
}
int main(void) {
    struct sockaddr_un file = {AF_UNIX, "socket"};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    TRY(bind(listener, (void *)&file, sizeof file));
    serve(listener, (void *)&file, sizeof file);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    TRY(bind(listener, (void *)&address, sizeof address));
    getsockname(listener, (void *)&address, &size);
    serve(listener, (void *)&address, size);
}
