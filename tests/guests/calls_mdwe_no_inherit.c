// PR_MDWE_NO_INHERIT: a child may make memory executable again.
#include "calls.h"
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void) {
    CALL(prctl, 65, 3, 0, 0, 0);
    char *map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CALL(mprotect, map, PAGE, PROT_READ | PROT_EXEC);
    if (!fork()) {
        CALL(prctl, 66, 0, 0, 0, 0);
        CALL(mprotect, map, PAGE, PROT_READ | PROT_EXEC);
        return 0;
    }
    wait(NULL);
    CALL(prctl, 66, 0, 0, 0, 0);
}
