/* Guests with seccomp filters. */
#pragma once
#include "proc.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(number, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, skip)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
/* One call gets this answer. */
#define CALL(number, what) UNLESS(number, 1), RETURN(what)

static inline long install(struct sock_filter *code, size_t bytes, unsigned flags) {
    struct sock_fprog program = {.len = bytes / sizeof *code, .filter = code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
#define INSTALL(flags, ...)                                                                        \
    ({                                                                                             \
        struct sock_filter code[] = {__VA_ARGS__};                                                 \
        install(code, sizeof code, flags);                                                         \
    })
