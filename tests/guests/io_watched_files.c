// Files mapped in one thread change by splice, sendfile and copy_file_range in another.
#include "thread.h"
#include <sys/sendfile.h>
static int target, source, p[2];
static void *changes(void *unused) {
    await(1);
    write(p[1], "spliced", 7);
    splice(p[0], NULL, target, (loff_t[]){10}, 7, 0);
    step();
    await(3);
    lseek(target, 30, SEEK_SET);
    sendfile(target, source, (off_t[]){0}, 9);
    step();
    await(5);
    syscall(SYS_copy_file_range, source, (loff_t[]){9}, target, (loff_t[]){50}, 6L, 0);
    step();
    await(7);
    ftruncate(target, 12);
    ftruncate(target, PAGE);
    step();
    return NULL;
}
int main(void) {
    pipe(p);
    target = open("target", O_CREAT | O_RDWR, 0600), source = open("source", O_CREAT | O_RDWR, 0600);
    ftruncate(target, PAGE);
    write(source, "sent filecopied", 15);
    char *shared = mmap(0, PAGE, PROT_READ, MAP_SHARED, target, 0);
    char *private = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, target, 0);
    pthread_t t = start(changes, 0);
    for (int i = 0; i < 4; i++) {
        step();
        await(i * 2 + 2);
        for (char *at = shared; at; at = at == shared ? private : NULL)
            printf("'%s' '%s' '%s'\n", at + 10, at + 30, at + 50);
    }
    join(t);
}
