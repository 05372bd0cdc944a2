/* Single system calls: what they return, which error, and which bytes they write. The calls are raw, so
 * that the C library keeps nothing from the kernel. */
#pragma once
#include "guest.h"
#include <stdarg.h>

/* A page to give to calls, with no memory behind it, and another before it that cannot be written. */
static unsigned char *arena, *readonly;
#define A(offset) ((void *)(arena + (offset)))
#define END(length) ((void *)(arena + PAGE - (length)))
#define BAD ((void *)0x10)
#define HIGH ((void *)0xffff800000000000)

static unsigned char before_call[PAGE];

__attribute__((constructor)) static void make_arena(void) {
    readonly = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    arena = readonly + PAGE;
    mprotect(readonly, PAGE, PROT_READ);
    munmap(arena + PAGE, PAGE);
}

/* What is written afterwards can be told from what was there. */
static inline void fresh(void) { memset(arena, 0xa5, PAGE); }

static inline void *text(int offset, const char *text) { return strcpy(A(offset), text); }

/* Results: as they are; only whether there is one (identifiers, addresses). Memory: each run of changed
 * bytes with a hash; or only how far changes reach, for what differs in each run. */
enum { EXACT, ROUGH };

static inline void said(const char *text, long result, int error, int how) {
    if (result == -1 && error)
        printf("%s: %s", text, strerrorname_np(error));
    else if (how == EXACT)
        printf("%s: %ld", text, result);
    else
        printf("%s: ok", text);
}

/* Changes of values that differ from run to run may leave a byte as it was by chance: those are told by
 * 8 bytes. */
static inline void wrote(int how) {
    int unit = how == EXACT ? 1 : 8;
    for (int i = 0; i < PAGE; i += unit) {
        if (!memcmp(arena + i, before_call + i, unit)) continue;
        int end = i;
        while (end < PAGE && memcmp(arena + end, before_call + end, unit)) end += unit;
        printf(", wrote %d to %d", i, end);
        if (how == EXACT) printf(" (%08x)", (unsigned)hash_bytes(arena + i, end - i));
        i = end;
    }
    printf("\n");
}

#define MAKE(how, memory, name, ...)                                                               \
    ({                                                                                             \
        memcpy(before_call, arena, PAGE);                                                          \
        errno = 0;                                                                                 \
        long got = syscall(SYS_##name, ##__VA_ARGS__);                                             \
        int error = errno;                                                                         \
        said(#name "(" #__VA_ARGS__ ")", got, error, how);                                         \
        wrote(memory);                                                                             \
        got;                                                                                       \
    })

/* The call, with result and memory compared byte by byte. */
#define CALL(name, ...) MAKE(EXACT, EXACT, name, ##__VA_ARGS__)
/* Only whether it works; memory byte by byte. */
#define WORK(name, ...) MAKE(ROUGH, EXACT, name, ##__VA_ARGS__)
/* Result and memory differ from run to run. */
#define VARY(name, ...) MAKE(ROUGH, ROUGH, name, ##__VA_ARGS__)
/* Only memory does. */
#define FILL(name, ...) MAKE(EXACT, ROUGH, name, ##__VA_ARGS__)

/* An ordinary user, whoever runs this: much is allowed to the superuser, and some of it is harmful. */
static inline void be_nobody(void) {
    if (geteuid()) return;
    syscall(SYS_setgroups, 0, 0);
    syscall(SYS_setresgid, 65534, 65534, 65534);
    syscall(SYS_setresuid, 65534, 65534, 65534);
}

#ifndef SYS_map_shadow_stack
#define SYS_map_shadow_stack 453
#endif
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_futex_wake
#define SYS_futex_wake 454
#define SYS_futex_wait 455
#define SYS_futex_requeue 456
#endif
#ifndef SYS_statmount
#define SYS_statmount 457
#define SYS_listmount 458
#endif
#ifndef SYS_lsm_get_self_attr
#define SYS_lsm_get_self_attr 459
#define SYS_lsm_set_self_attr 460
#define SYS_lsm_list_modules 461
#endif
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_getxattrat 464
#define SYS_listxattrat 465
#define SYS_removexattrat 466
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif
#ifndef SYS_listns
#define SYS_listns 470
#endif
#ifndef SYS_rseq_slice_yield
#define SYS_rseq_slice_yield 471
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node 450
#endif
