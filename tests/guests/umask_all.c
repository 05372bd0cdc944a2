// A file mode mask that denies everything: what is recorded of the process and of its children can be
// read all the same, and their own files have the modes they have natively.
#include "proc.h"

static void make(const char *name) {
    struct stat st;
    fstat(open(name, O_CREAT | O_RDWR, 0666), &st);
    printf("%s: %03o\n", name, st.st_mode & 0777);
}

int main(void) {
    umask(0777);
    make("by parent");
    reap("child", CHILD(make("by child")));
    printf("%03o\n", umask(022));
}
