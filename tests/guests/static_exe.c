// A static executable at a fixed address.
// build: -static -no-pie
#include "guest.h"
#include <math.h>
int main(void) { printf("static %d %s\n", atoi("42"), getenv("NONE") ? "" : "none"); }
