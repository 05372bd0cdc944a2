// A static position-independent executable.
// build: -static-pie
#include "guest.h"
static int *pointer = &(int){7};
int main(void) { printf("static pie %d\n", *pointer); }
