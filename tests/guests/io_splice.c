// splice, tee and vmsplice between pipes, files and sockets, with offsets; what they refuse.
#include "thread.h"
#include <sys/socket.h>
#include <sys/uio.h>
static void show(int fd) {
    char text[50] = "";
    long got = read(fd, text, 49);
    printf("%ld '%s'\n", got, text);
}
int main(void) {
    int a[2], b[2], s[2], file = open("file", O_CREAT | O_RDWR, 0600);
    pipe2(a, O_NONBLOCK), pipe2(b, O_NONBLOCK);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    write(file, "the content of the file", 23);
    loff_t from = 4, to = 30;
    TRY(splice(file, &from, a[1], NULL, 7, 0));
    printf("%ld\n", from);
    TRY(tee(a[0], b[1], 100, 0));
    TRY(splice(a[0], NULL, file, &to, 100, SPLICE_F_MOVE));
    printf("%ld\n", to);
    show(b[0]);
    char words[] = "from memory";
    struct iovec parts[] = {{words, 5}, {words + 5, 6}};
    TRY(vmsplice(a[1], parts, 2, 0));
    TRY(splice(a[0], NULL, s[0], NULL, 100, 0));
    show(s[1]);
    write(s[1], "from the socket", 15);
    TRY(splice(s[0], NULL, a[1], NULL, 8, 0));
    struct iovec into = {words, 8};
    TRY(vmsplice(a[0], &into, 1, 0));
    puts(words);
    TRY(splice(a[0], NULL, b[1], NULL, 10, 0));
    TRY(splice(file, NULL, s[0], NULL, 10, 0));
    TRY(splice(a[0], &from, b[1], NULL, 10, 0));
    TRY(tee(a[0], a[1], 10, 0));
    TRY(tee(a[0], b[1], 10, 0));
    to = 0;
    lseek(file, 0, SEEK_SET);
    show(file);
    close(a[1]);
    TRY(splice(a[0], NULL, b[1], NULL, 10, 0));
}
