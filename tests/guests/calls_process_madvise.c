// Advice about the memory of a process that is named: oneself, here.
#include "calls.h"
#include <sys/uio.h>

int main(void) {
    char *map = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int self = syscall(SYS_pidfd_open, getpid(), 0), file = dup(1);
    memset(map, 7, 4 * PAGE);
    struct iovec two[2] = {{map, PAGE}, {map + 2 * PAGE, PAGE}};
    struct iovec hole[3] = {{map, PAGE}, {BAD, PAGE}, {map + PAGE, PAGE}};
    struct iovec none[1] = {{map, 0}};
    CALL(process_madvise, self, two, 2, MADV_DONTNEED, 0);
    printf("%d %d %d %d\n", map[0], map[PAGE], map[2 * PAGE], map[3 * PAGE]);
    memset(map, 8, 4 * PAGE);
    CALL(process_madvise, self, hole, 3, MADV_DONTNEED, 0);
    printf("%d %d\n", map[0], map[PAGE]);
    CALL(process_madvise, self, hole + 1, 1, MADV_DONTNEED, 0);
    CALL(process_madvise, self, two, 2, MADV_COLD, 0);
    CALL(process_madvise, self, two, 2, MADV_PAGEOUT, 0);
    CALL(process_madvise, self, two, 2, MADV_WILLNEED, 0);
    CALL(process_madvise, self, two, 2, MADV_FREE, 0);
    printf("%d %d\n", map[PAGE], map[3 * PAGE]);
    CALL(process_madvise, self, two, 2, 102, 0);
    CALL(read, file, map, 1);
    CALL(process_madvise, self, two, 2, 103, 0);
    CALL(process_madvise, self, two, 2, 7777, 0);
    CALL(process_madvise, self, two, 2, MADV_DONTFORK, 0);
    CALL(process_madvise, self, two, 2, MADV_COLD, 77);
    CALL(process_madvise, self, two, 2000, MADV_COLD, 0);
    CALL(process_madvise, self, BAD, 2, MADV_COLD, 0);
    CALL(process_madvise, self, two, 0, MADV_COLD, 0);
    CALL(process_madvise, self, none, 1, MADV_COLD, 0);
    CALL(process_madvise, file, two, 2, MADV_COLD, 0);
    CALL(process_madvise, 77, two, 2, MADV_COLD, 0);
    CALL(process_madvise, 1000, two, 2, MADV_COLD, 0);
    // Itself, by its number: PIDFD_SELF_THREAD, PIDFD_SELF_THREAD_GROUP.
    memset(map, 9, 4 * PAGE);
    CALL(process_madvise, -10000, two, 1, MADV_DONTNEED, 0);
    CALL(process_madvise, -10001, two + 1, 1, MADV_DONTNEED, 0);
    printf("%d %d %d\n", map[0], map[PAGE], map[2 * PAGE]);
}
