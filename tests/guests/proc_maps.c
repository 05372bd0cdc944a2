// /proc/self/maps names the guest's files only, marks its text executable, and lists its own mappings.
#include "guest.h"
int main(int argc, char **argv) {
    char line[4096], *real = realpath(argv[0], NULL);
    char *mine = mmap(0, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int text = 0, stack = 0, heap = 0, foreign = 0, own = 0, libc = 0, vdso = 0, ascending = 1, overlap = 0;
    unsigned long last = 0;
    malloc(1000);
    FILE *f = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, f)) {
        unsigned long from, to, offset, inode;
        char mode[5];
        int at = 0;
        sscanf(line, "%lx-%lx %4s %lx %*s %lu %n", &from, &to, mode, &offset, &inode, &at);
        line[strcspn(line, "\n")] = 0;
        char *name = line + at;
        ascending &= from >= last;
        last = to;
        if ((unsigned long)main >= from && (unsigned long)main < to)
            text += !strcmp(mode, "r-xp") && !strcmp(name, real);
        if ((unsigned long)line >= from && (unsigned long)line < to) stack += !strcmp(name, "[stack]") && !strncmp(mode, "rw", 2);
        heap += !strcmp(name, "[heap]");
        vdso += !strcmp(name, "[vdso]");
        libc += strstr(name, "libc.so") && !strcmp(mode, "r-xp");
        own += from <= (unsigned long)mine && to >= (unsigned long)mine + 3 * PAGE && mode[0] == 'r' && mode[1] == '-';
        if (strcasestr(name, "clew") && strncmp(name, real, strrchr(real, '/') - real) || strstr(name, "memfd")) foreign++, puts(line);
    }
    printf("text %d stack %d heap %d libc %d vdso %d own %d foreign %d ascending %d\n", text, stack, heap, libc, vdso, own,
           foreign, ascending);
}
