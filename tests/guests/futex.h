/* What guests of futex(2) need beside threads. */
#pragma once
#include "thread.h"
#include <limits.h>

#define PRIVATE FUTEX_PRIVATE_FLAG
#define COUNT(n) ((void *)(intptr_t)(n)) /* the fourth argument where it is no timeout */

/* Moves `n` waiters to another word, however late they come: then they wait there for certain. */
static inline void gather(void *from, void *to, int n, int flag) {
    for (int got = 0; got < n; sched_yield())
        got += futex(from, FUTEX_REQUEUE | flag, 0, COUNT(INT_MAX), to, 0);
}
