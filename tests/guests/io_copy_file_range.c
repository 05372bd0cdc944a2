// copy_file_range with offsets, within a file, past the end, over pipes; and what it refuses.
#include "thread.h"
static long copy(int in, loff_t *from, int out, loff_t *to, size_t n, int flags) {
    return syscall(SYS_copy_file_range, in, from, out, to, n, flags);
}
int main(void) {
    int a = open("a", O_CREAT | O_RDWR, 0600), b = open("b", O_CREAT | O_RDWR, 0600), p[2];
    char text[60] = "";
    write(a, "0123456789abcdefghij", 20);
    loff_t from = 5, to = 3;
    TRY(copy(a, &from, b, &to, 7, 0));
    printf("%ld %ld %ld %ld\n", from, to, lseek(a, 0, SEEK_CUR), lseek(b, 0, SEEK_CUR));
    lseek(a, 15, SEEK_SET);
    TRY(copy(a, NULL, b, NULL, 100, 0));
    printf("%ld %ld\n", lseek(a, 0, SEEK_CUR), lseek(b, 0, SEEK_CUR));
    printf("%ld", pread(b, text, 59, 0));
    for (int i = 0; i < 12; i++) printf(" %02x", text[i]);
    puts("");
    from = 0, to = 20;
    TRY(copy(a, &from, a, &to, 10, 0));
    from = 0, to = 5;
    TRY(copy(a, &from, a, &to, 10, 0));
    from = 1000;
    TRY(copy(a, &from, b, &to, 10, 0));
    from = -1;
    TRY(copy(a, &from, b, &to, 10, 0));
    TRY(copy(a, NULL, b, NULL, 10, 1));
    TRY(copy(open("a", O_RDONLY), NULL, open("b", O_RDONLY), NULL, 10, 0));
    TRY(copy(a, NULL, open(".", O_RDONLY), NULL, 10, 0));
    pipe(p);
    TRY(copy(a, NULL, p[1], NULL, 10, 0));
}
