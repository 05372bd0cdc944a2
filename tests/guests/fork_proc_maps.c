// A child's mappings in /proc, by itself and by its parent: what it inherited, what it mapped itself, nothing foreign.
#include "proc.h"
static char *inherited, *own;
static void look(const char *who, char **argv) {
    char path[100], line[5000], *real = realpath(argv[0], NULL);
    sprintf(path, "/proc/%s/maps", who);
    FILE *file = fopen(path, "r");
    int text = 0, stack = 0, old = 0, new = 0, foreign = 0;
    while (fgets(line, sizeof line, file)) {
        unsigned long from, to;
        char mode[5];
        int at = 0;
        sscanf(line, "%lx-%lx %4s %*x %*s %*u %n", &from, &to, mode, &at);
        line[strcspn(line, "\n")] = 0;
        char *name = line + at;
        text += !strcmp(name, real) && !strcmp(mode, "r-xp");
        stack += !strcmp(name, "[stack]");
        old += from <= (uintptr_t)inherited && (uintptr_t)inherited < to && !strncmp(mode, "r--p", 4);
        new += from <= (uintptr_t)own && (uintptr_t)own < to && !strncmp(mode, "r--p", 4);
        foreign += strcasestr(name, "clew") && strncmp(name, real, strrchr(real, '/') - real);
    }
    fclose(file);
    printf("text %d stack %d inherited %d own %d foreign %d\n", text, stack, old, new, foreign);
}
int main(int argc, char **argv) {
    Gate ready = gate(), done = gate();
    char who[20];
    char *space = mmap(0, 9 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    inherited = space + PAGE;
    own = space + 4 * PAGE;
    mmap(inherited, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    pid_t pid = CHILD({
        look("self", argv);
        mmap(own, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        munmap(inherited, PAGE);
        look("self", argv);
        pass(ready);
        await(done);
    });
    await(ready);
    look("self", argv);
    sprintf(who, "%d", pid);
    look(who, argv);
    pass(done);
    reap("child", pid);
}
