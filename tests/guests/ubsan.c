// UndefinedBehaviorSanitizer reports and goes on.
// sanitizer: undefined
#include "guest.h"
#include <limits.h>
int main(int argc, char **argv) {
    int big = INT_MAX - 1 + argc, table[4] = {1, 2, 3, 4};
    printf("%d\n", big + argc);
    printf("%d\n", argc << (argc + 40));
    printf("%d\n", table[argc - 1]);
}
