// MAP_POPULATE, MADV_POPULATE, mincore and cold pages, as several threads touch a mapping.
// no-memory-check: it can tell which pages were touched
#include "thread.h"
static unsigned char *memory, resident[16];
static void show(void) {
    TRY(mincore(memory, 16 * PAGE, resident));
    for (int i = 0; i < 16; i++) printf("%d", resident[i] & 1);
    puts("");
}
static void *touches(void *n) {
    for (int i = NUMBER(n); i < 16; i += 5) memory[i * PAGE] = 1;
    return NULL;
}
int main(void) {
    memory = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(memory, 16 * PAGE, MADV_NOHUGEPAGE);
    show();
    join(start(touches, 1));
    show();
    TRY(madvise(memory + 8 * PAGE, 4 * PAGE, 23)); // MADV_POPULATE_WRITE
    show();
    madvise(memory + 10 * PAGE, PAGE, MADV_DONTNEED);
    show();
    TRY(mincore(memory + 1, PAGE, resident));
    TRY(mincore(memory, PAGE, (void *)16));
    munmap(memory + PAGE, PAGE);
    TRY(mincore(memory, 16 * PAGE, resident));
    memory = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    show();
}
