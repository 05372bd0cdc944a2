/* What most C guests need. Output is line-buffered, so that a guest that dies keeps what it said. */
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <ucontext.h>
#include <unistd.h>

__attribute__((constructor)) static void line_buffered(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

/* Installs a handler that gets the context. */
static inline void handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    sigemptyset(&action.sa_mask);
    if (sigaction(sig, &action, NULL)) perror("sigaction");
}

/* Prints a call's result as a number or the name of its error. */
#define TRY(call)                                                                                  \
    ({                                                                                             \
        errno = 0;                                                                                 \
        long result = (long)(call);                                                                \
        if (result == -1 && errno)                                                                 \
            printf("%s: %s\n", #call, strerrorname_np(errno));                                     \
        else                                                                                       \
            printf("%s: %ld\n", #call, result);                                                    \
        result;                                                                                    \
    })

/* The same for calls that return an address or a descriptor: only whether they worked. */
#define WORKS(call)                                                                                \
    ({                                                                                             \
        errno = 0;                                                                                 \
        __auto_type result = (call);                                                               \
        printf("%s: %s\n", #call, (long)result == -1 ? strerrorname_np(errno) : "ok");             \
        result;                                                                                    \
    })

#define REG(context, name) (((ucontext_t *)(context))->uc_mcontext.gregs[REG_##name])
#define PAGE 4096UL

static inline uint64_t hash_bytes(const void *bytes, size_t length) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < length; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    return hash;
}
