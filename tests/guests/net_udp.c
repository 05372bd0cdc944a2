// UDP between threads: names of senders, connected sockets, truncation, empty datagrams.
#include "net.h"
static struct sockaddr_in server, client;
static void *answers(void *s) {
    char data[50];
    for (;;) {
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        long got = recvfrom(NUMBER(s), data, sizeof data, 0, (void *)&from, &size);
        if (got == 4 && !memcmp(data, "quit", 4)) return POINTER(size);
        int length = sprintf(data + got, "/%ld/%d", got, from.sin_port == client.sin_port);
        sendto(NUMBER(s), data, got + length, 0, (void *)&from, size);
    }
}
int main(void) {
    int s = bound(SOCK_DGRAM, &server), c = bound(SOCK_DGRAM, &client);
    pthread_t t = start(answers, s);
    char data[50] = "";
    sendto(c, "hello", 5, 0, (void *)&server, sizeof server);
    TRY(recv(c, data, 50, 0));
    puts(data);
    TRY(connect(c, (void *)&server, sizeof server));
    TRY(send(c, "", 0, 0));
    TRY(recv(c, data, 3, 0)); // the rest is lost
    TRY(send(c, "abc", 3, 0));
    TRY(recv(c, data, 3, MSG_TRUNC));
    TRY(send(c, "quit", 4, 0));
    printf("%ld\n", join(t));
    close(s);
    send(c, "nobody", 6, 0);
    TRY(recv(c, data, 50, 0)); // the loopback interface reports it
    static char large[70000];
    TRY(sendto(c, large, sizeof large, 0, NULL, 0));
}
