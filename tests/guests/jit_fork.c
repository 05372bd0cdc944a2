// After a fork the child patches its copy of the code; parent and grandchild keep theirs.
#include "jit.h"
#include <sys/wait.h>
int main(void) {
    unsigned char *code = pages(1, RWX);
    emit(code, 1);
    printf("parent %d\n", run(code));
    if (!fork()) {
        printf("child %d\n", run(code));
        emit(code, 2);
        printf("child %d\n", run(code));
        if (!fork()) {
            emit(code, run(code) + 1);
            printf("grandchild %d\n", run(code));
            _exit(0);
        }
        wait(NULL);
        printf("child %d\n", run(code));
        _exit(0);
    }
    wait(NULL);
    printf("parent %d\n", run(code));
    emit(code, 5);
    printf("parent %d\n", run(code));
}
