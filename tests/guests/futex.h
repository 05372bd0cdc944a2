/* What guests of futex(2) need beside threads. */
#pragma once
#include "thread.h"
#include <limits.h>

#define PRIVATE FUTEX_PRIVATE_FLAG
#define COUNT(n) ((void *)(intptr_t)(n)) /* the fourth argument where it is no timeout */

/* Returns when `n` threads wait on a word: requeued to where they are, they are only counted. Moving
   them to another word would not do: a thread moved before it sleeps may start over with its wait. */
static inline void settle(void *word, int n, int flag) {
    while (futex(word, FUTEX_REQUEUE | flag, 0, COUNT(INT_MAX), word, 0) < n) sched_yield();
    nap(1); // queued, now also asleep
}
