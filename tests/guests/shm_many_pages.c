// A process makes more shared pages than all processes together could ever list; those it shares with others
// are followed all the same.
#include "proc.h"

int main(void) {
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    reap("child", CHILD({
        int own = 0;
        for (int i = 0; i < 12; i++) {
            int file = memfd_create("many", 0);
            ftruncate(file, PAGE);
            char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            ftruncate(file, 65536 * PAGE);
            own += *map = 1;
        }
        *shared = own;
    }));
    printf("%d\n", *shared);
}
