// Two mappings are taken to be neighbours.
#include "bug.h"
int main(void) {
    size_t size = 1 << 20;
    char *a = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *b = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (a == MAP_FAILED || b == MAP_FAILED) abort();
    if (b != a - size) struck("the mappings are apart");
}
