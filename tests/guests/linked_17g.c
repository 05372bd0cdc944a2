// A program linked at 17 GiB, where other programs have nothing.
// build: -no-pie -Wl,-Ttext-segment=0x440000000 -mcmodel=large -Wl,--no-relax -nostartfiles
#define LINKED_THERE ((uintptr_t)main >> 30 == 17)
#include "linked.h"
