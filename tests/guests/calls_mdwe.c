// PR_SET_MDWE: no memory becomes executable any more, also not in a child or in the next program.
#include "calls.h"
#include <sys/prctl.h>
#include <sys/wait.h>
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif

static void try(const char *who) {
    printf("%s\n", who);
    CALL(prctl, PR_GET_MDWE, 0, 0, 0, 0);
    char *map = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CALL(mprotect, map, PAGE, PROT_READ | PROT_EXEC);
    CALL(mprotect, map, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    CALL(pkey_mprotect, map, PAGE, PROT_EXEC, -1);
    CALL(mmap, 0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *code = (char *)WORK(mmap, 0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CALL(mprotect, code, PAGE, PROT_READ | PROT_EXEC);
    CALL(mprotect, code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    // As far as it goes: the first page can be read only, the second is not changed.
    mprotect(map + PAGE, PAGE, PROT_READ);
    mmap(map, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CALL(mprotect, map, 2 * PAGE, PROT_EXEC);
    CALL(mprotect, code, PAGE, PROT_READ);
    CALL(mprotect, code, PAGE, PROT_READ | PROT_EXEC);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        try("executed");
        return 0;
    }
    CALL(prctl, PR_GET_MDWE, 1, 0, 0, 0);
    CALL(prctl, PR_SET_MDWE, 77, 0, 0, 0);
    CALL(prctl, PR_SET_MDWE, 2, 0, 0, 0);
    CALL(prctl, PR_SET_MDWE, 1, 1, 0, 0);
    char *jit = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(jit, "\xb8\x05\0\0\0\xc3", 6);
    CALL(prctl, PR_SET_MDWE, 1, 0, 0, 0);
    CALL(prctl, PR_SET_MDWE, 0, 0, 0, 0);
    CALL(prctl, PR_SET_MDWE, 3, 0, 0, 0);
    CALL(prctl, PR_SET_MDWE, 1, 0, 0, 0);
    // What was executable stays so, and can be written.
    printf("%d\n", ((int (*)(void))jit)());
    jit[1] = 6;
    printf("%d\n", ((int (*)(void))jit)());
    try("first");
    if (!fork()) {
        try("child");
        execl(argv[0], argv[0], "x", NULL);
    }
    wait(NULL);
}
