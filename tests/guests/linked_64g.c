// A program linked at 64 GiB.
// build: -no-pie -Wl,-Ttext-segment=0x1000000000 -mcmodel=large -Wl,--no-relax -nostartfiles
#define LINKED_THERE ((uintptr_t)main >> 36 == 1)
#include "linked.h"
