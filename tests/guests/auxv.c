// The auxiliary vector: what the C library, ld.so and programs read from it.
#include "guest.h"
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
extern char __ehdr_start[] __attribute__((weak));
int main(int argc, char **argv) {
    ElfW(Phdr) *headers = (void *)getauxval(AT_PHDR);
    printf("phent %ld page %ld clk %ld flags %ld secure %ld\n", getauxval(AT_PHENT), getauxval(AT_PAGESZ),
           getauxval(AT_CLKTCK), getauxval(AT_FLAGS), getauxval(AT_SECURE));
    printf("headers are ours %d, first type %d\n", (char *)headers == __ehdr_start + 64, headers[0].p_type);
    extern void _start(void);
    printf("entry %d base %d\n", getauxval(AT_ENTRY) == (long)_start, getauxval(AT_BASE) != 0);
    printf("execfn %d platform %s\n", !strcmp((char *)getauxval(AT_EXECFN), argv[0]), (char *)getauxval(AT_PLATFORM));
    printf("ids %d %d\n", getauxval(AT_UID) == getuid(), getauxval(AT_EGID) == getegid());
    printf("random %d sysinfo %d hwcap2 %d\n", getauxval(AT_RANDOM) != 0, getauxval(AT_SYSINFO_EHDR) != 0,
           getauxval(AT_HWCAP) != 0);
    long proc[64], n = read(open("/proc/self/auxv", O_RDONLY), proc, sizeof proc), same = 1;
    for (int i = 0; i < n / 8; i += 2)
        if (proc[i] && proc[i] != AT_HWCAP /* the C library changes its copy */ && getauxval(proc[i]) != proc[i + 1]) same = 0, printf("type %ld differs\n", proc[i]);
    printf("/proc/self/auxv agrees %ld\n", same);
}
