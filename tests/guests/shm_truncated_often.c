// A child gives many files other lengths that its parent has mapped as well: only what that changes is
// followed, so that there is room for what both write.
#include "proc.h"
enum { FILES = 24 };
int main(void) {
    char *maps[FILES], name[16];
    int fds[FILES];
    for (int i = 0; i < FILES; i++) {
        sprintf(name, "file%d", i);
        fds[i] = open(name, O_RDWR | O_CREAT, 0600);
        ftruncate(fds[i], 2 * PAGE);
        maps[i] = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
        strcpy(maps[i] + PAGE - 3, "over the edge");
    }
    for (int round = 0; round < 3; round++) {
        pid_t child = fork();
        if (!child) {
            for (int i = 0; i < FILES; i++) {
                maps[i][0] += i;
                ftruncate(fds[i], PAGE + 2);
                ftruncate(fds[i], 3 * PAGE);
            }
            _exit(0);
        }
        waitpid(child, 0, 0);
        int sum = 0;
        for (int i = 0; i < FILES; i++) sum += maps[i][0]++;
        printf("%d '%s' '%s'\n", sum, maps[round] + PAGE - 3, maps[FILES - 1] + PAGE);
    }
}
