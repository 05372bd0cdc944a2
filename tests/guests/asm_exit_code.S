// The smallest program: only an exit code.
// exit: 42
#include "asm.h"
_start:
    EXIT 42
