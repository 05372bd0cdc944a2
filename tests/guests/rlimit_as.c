// With a limit on address space malloc fails and the program says so.
#include "guest.h"
#include <sys/resource.h>
int main(void) {
    struct rlimit limit = {1L << 36, 1L << 36};
    TRY(setrlimit(RLIMIT_AS, &limit));
    printf("%d\n", malloc(1L << 37) == NULL);
    printf("%d\n", malloc(1 << 20) != NULL);
}
