// AddressSanitizer finds a read behind a heap block: the report (with addresses and process ids) and
// the symbolizer, a child process.
// sanitizer: address
// nondeterministic:
// exit: 1
// timeout: 60
#include "guest.h"
int main(int argc, char **argv) {
    char *p = malloc(10);
    memset(p, 'x', 10);
    puts("before");
    fflush(stdout);
    return p[9 + argc] == 'x';
}
