// process_vm_readv and process_vm_writev on oneself: pieces, holes, partial results, errors.
#include "thread.h"
#include <sys/uio.h>
int main(void) {
    char text[] = "remote memory of this very process", out[60] = "";
    struct iovec to[2] = {{out, 6}, {out + 10, 20}}, from[3] = {{text, 3}, {text + 7, 10}, {(void *)16, 5}};
    TRY(process_vm_readv(getpid(), to, 2, from, 2, 0));
    printf("%s %s\n", out, out + 10);
    TRY(process_vm_readv(getpid(), to, 2, from, 3, 0)); // as far as it goes
    TRY(process_vm_readv(getpid(), to, 2, from + 2, 1, 0));
    TRY(process_vm_writev(getpid(), to, 1, &(struct iovec){text, 6}, 1, 0));
    puts(text);
    TRY(process_vm_writev(getpid(), &from[2], 1, to, 1, 0));
    TRY(process_vm_readv(getpid(), to, 2, from, 2, 1));
    TRY(process_vm_readv(0x3fffffff, to, 2, from, 2, 0));
    char *pages = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + PAGE, PAGE, PROT_NONE);
    memset(pages, 'p', PAGE);
    char *big = malloc(3 * PAGE);
    TRY(process_vm_readv(getpid(), &(struct iovec){big, 3 * PAGE}, 1, &(struct iovec){pages, 3 * PAGE}, 1, 0));
    printf("%c\n", big[PAGE - 1]);
    TRY(process_vm_readv(getpid(), to, 0, from, 0, 0));
}
