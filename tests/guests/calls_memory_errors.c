// Memory: mapping, protecting, advising, locking, with every error that there is without hardware.
#include "calls.h"
#include <sys/uio.h>

static char *region;
static int file, ro, pipes[2];

static void mapping(void) {
    CALL(mmap, 0, 0, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CALL(mmap, 0, PAGE, 3, MAP_ANONYMOUS, -1, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, -1, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, 77, 0);
    CALL(mmap, 0, 0, 3, MAP_PRIVATE, 77, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, 1000, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, 1003, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, file, 1);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, pipes[0], 0);
    CALL(mmap, 0, PAGE, 3, MAP_SHARED, ro, 0);
    CALL(mmap, 0, -1L, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CALL(mmap, 0, 1L << 62, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE, file, 0x7ffffffffffff000);
    CALL(mmap, region + 1, PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CALL(mmap, region, PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CALL(mmap, HIGH, PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CALL(mmap, -PAGE, PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CALL(mmap, 0, PAGE, 3, MAP_SHARED_VALIDATE | MAP_SYNC, file, 0);
    CALL(mmap, 0, PAGE, 3, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0);
    CALL(mmap, 0, PAGE, 3, MAP_PRIVATE | MAP_HUGETLB | 63 << 26, file, 0);
    WORK(mmap, 0, PAGE, 0x103, MAP_PRIVATE | MAP_ANONYMOUS, 1000, 0);
    CALL(munmap, region + 1, PAGE);
    CALL(munmap, region, 0);
    CALL(munmap, region, -1L);
    CALL(munmap, HIGH, PAGE);
    CALL(munmap, -PAGE, PAGE);
    CALL(munmap, region + 3 * PAGE, 1);
    CALL(munmap, region + 3 * PAGE, PAGE);
    CALL(mremap, region, PAGE, 0, 0);
    CALL(mremap, region + 1, PAGE, PAGE, 0);
    CALL(mremap, region, PAGE, PAGE, 77);
    CALL(mremap, region, PAGE, PAGE, MREMAP_FIXED, region + 8 * PAGE);
    CALL(mremap, region, PAGE, 2 * PAGE, 0);
    CALL(mremap, region, 8 * PAGE, 9 * PAGE, MREMAP_MAYMOVE);
    CALL(mremap, region + 3 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    CALL(mremap, region, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, region);
    CALL(mremap, region, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, region + 1);
    CALL(mremap, region, PAGE, 2 * PAGE, MREMAP_MAYMOVE | 4, 0);
    CALL(mremap, region, 0, PAGE, MREMAP_MAYMOVE);
    CALL(mremap, HIGH, PAGE, PAGE, MREMAP_MAYMOVE);
    CALL(mremap, region, PAGE, -1L, MREMAP_MAYMOVE);
    long end = syscall(SYS_brk, 0);
    TRY(syscall(SYS_brk, 1) == end);
    TRY(syscall(SYS_brk, -1L) == end);
    TRY(syscall(SYS_brk, end + 4096) == end + 4096);
    TRY(syscall(SYS_brk, end) == end);
}

static void protecting(void) {
    CALL(mprotect, region + 1, PAGE, 3);
    CALL(mprotect, region, 0, 3);
    CALL(mprotect, region, 5 * PAGE, 1);
    CALL(mprotect, region, PAGE, 0x1000003);
    CALL(mprotect, region, PAGE, 0x2000003);
    CALL(mprotect, HIGH, PAGE, 3);
    CALL(mprotect, region, -1L, 3);
    CALL(mprotect, region + 3 * PAGE, PAGE, 3);
    char *shared = mmap(0, PAGE, PROT_READ, MAP_SHARED, ro, 0);
    CALL(mprotect, shared, PAGE, 3);
    munmap(shared, PAGE);
    // Before the hole it was done.
    TRY(write(pipes[1], region, 1));
    TRY(read(pipes[0], region, 1));
    CALL(mprotect, region, 3 * PAGE, 3);
    CALL(pkey_mprotect, region, PAGE, 3, -1);
    CALL(pkey_mprotect, region, PAGE, 3, 5);
    CALL(pkey_mprotect, region + 1, PAGE, 3, -1);
    CALL(pkey_free, 5);
    CALL(pkey_alloc, 77, 0);
    CALL(pkey_alloc, 0, 77);
    CALL(map_shadow_stack, 0, PAGE, 0);
    CALL(map_shadow_stack, 0, PAGE, 77);
}

static void advising(void) {
    CALL(madvise, region + 1, PAGE, MADV_DONTNEED);
    CALL(madvise, region, 0, MADV_DONTNEED);
    CALL(madvise, region, 0, 7777);
    CALL(madvise, region, PAGE, 7777);
    CALL(madvise, region, -1L, MADV_DONTNEED);
    CALL(madvise, region, 5 * PAGE, MADV_DONTNEED);
    CALL(madvise, region, 5 * PAGE, MADV_WILLNEED);
    CALL(madvise, region + 3 * PAGE, PAGE, MADV_WILLNEED);
    CALL(madvise, region, PAGE, MADV_REMOVE);
    CALL(madvise, HIGH, PAGE, MADV_DONTNEED);
    CALL(madvise, region, PAGE, MADV_FREE);
    CALL(madvise, region, PAGE, MADV_COLD);
    CALL(madvise, region, PAGE, MADV_PAGEOUT);
    CALL(madvise, region, PAGE, MADV_POPULATE_READ);
    CALL(madvise, region, PAGE, MADV_POPULATE_WRITE);
    char *map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CALL(madvise, map, PAGE, MADV_FREE);
    CALL(madvise, map, PAGE, MADV_WIPEONFORK);
    CALL(madvise, map, PAGE, MADV_REMOVE);
    printf("%d\n", map[0]);
    CALL(msync, map, PAGE, 77);
    CALL(msync, map, PAGE, MS_SYNC | MS_ASYNC);
    CALL(msync, map + 1, PAGE, MS_SYNC);
    CALL(msync, map, PAGE, MS_SYNC);
    CALL(msync, region, 5 * PAGE, MS_ASYNC);
    munmap(map, PAGE);
    fresh();
    CALL(mincore, region + 1, PAGE, A(0));
    CALL(mincore, region, PAGE, BAD);
    FILL(mincore, region, 5 * PAGE, A(0));
    CALL(mincore, HIGH, PAGE, A(0));
}

static void locking(void) {
    CALL(mlock, region, 5 * PAGE);
    CALL(mlock, HIGH, PAGE);
    CALL(mlock, region, -PAGE - 1);
    CALL(munlock, region, 5 * PAGE);
    CALL(mlock2, region, PAGE, 77);
    CALL(mlock2, region, PAGE, 1);
    CALL(msync, region, PAGE, MS_INVALIDATE);
    CALL(madvise, region, PAGE, MADV_DONTNEED);
    CALL(munlock, region, PAGE);
    CALL(mlockall, 0);
    CALL(mlockall, 77);
    CALL(munlockall);
}

static void placing(void) {
    fresh();
    CALL(get_mempolicy, A(0), A(64), 2048, 0, 0);
    CALL(get_mempolicy, A(0), A(64), 2048, 0, 77);
    CALL(get_mempolicy, A(0), 0, 0, HIGH, 2);
    CALL(get_mempolicy, BAD, 0, 0, 0, 0);
    CALL(get_mempolicy, A(0), 0, 0, region, 2);
    CALL(set_mempolicy, 77, 0, 0);
    CALL(set_mempolicy, 2, 0, 0);
    CALL(set_mempolicy, 2, BAD, 64);
    CALL(set_mempolicy, 0, 0, 0);
    CALL(mbind, region, PAGE, 77, 0, 0, 0);
    CALL(mbind, region + 1, PAGE, 0, 0, 0, 0);
    CALL(mbind, region, PAGE, 0, 0, 0, 77);
    CALL(mbind, region, 5 * PAGE, 0, 0, 0, 0);
    CALL(set_mempolicy_home_node, region + 1, PAGE, 0, 0);
    CALL(set_mempolicy_home_node, region, PAGE, 9999, 0);
    CALL(set_mempolicy_home_node, region, PAGE, 0, 77);
    unsigned long nodes = 1;
    CALL(migrate_pages, 0, 64, &nodes, &nodes);
    CALL(migrate_pages, 0, 64, BAD, &nodes);
    CALL(migrate_pages, 99999999, 64, &nodes, &nodes);
    void *pages[2] = {region, HIGH};
    int to[2] = {9999, 0};
    CALL(move_pages, 0, 2, pages, 0, A(0), 0);
    CALL(move_pages, 0, 2, pages, to, A(0), 0);
    CALL(move_pages, 0, 2, BAD, 0, A(0), 0);
    CALL(move_pages, 0, 2, pages, 0, A(0), 77);
    CALL(move_pages, 99999999, 2, pages, 0, A(0), 0);
    CALL(membarrier, 77, 0, 0);
    CALL(membarrier, 0, 77, 0);
    CALL(membarrier, 8, 0, 0);
    CALL(membarrier, 16, 0, 0);
    CALL(membarrier, 8, 0, 0);
}

static void others(void) {
    struct iovec local = {A(0), 16}, remote = {region, 16}, wrong = {BAD, 16}, part[2] = {{region, 8}, {BAD, 8}};
    strcpy(region, "copied by call");
    fresh();
    CALL(process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
    fresh();
    CALL(process_vm_readv, getpid(), &local, 1, part, 2, 0);
    CALL(process_vm_readv, getpid(), &local, 1, &wrong, 1, 0);
    CALL(process_vm_readv, getpid(), &wrong, 1, &remote, 1, 0);
    CALL(process_vm_readv, getpid(), BAD, 1, &remote, 1, 0);
    CALL(process_vm_readv, getpid(), &local, 1025, &remote, 1, 0);
    CALL(process_vm_readv, getpid(), &local, 1, &remote, 1, 77);
    CALL(process_vm_readv, 99999999, &local, 1, &remote, 1, 0);
    CALL(process_vm_writev, getpid(), &local, 1, &wrong, 1, 0);
    CALL(process_vm_writev, getpid(), &local, 1, part, 2, 0);
    CALL(process_vm_writev, 99999999, &local, 1, &remote, 1, 0);
    printf("%02x %02x\n", (unsigned char)region[0], (unsigned char)region[8]);
}

int main(void) {
    file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "mapped", 6), ftruncate(file, PAGE);
    ro = open("file", O_RDONLY);
    pipe(pipes);
    region = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(region + 3 * PAGE, 13 * PAGE);
    fresh();
    mapping();
    protecting();
    advising();
    locking();
    placing();
    others();
}
