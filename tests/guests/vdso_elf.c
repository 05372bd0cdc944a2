// The vDSO named by AT_SYSINFO_EHDR is a well-formed ELF object with the usual symbols.
#include "guest.h"
#include <elf.h>
#include <sys/auxv.h>
int main(void) {
    char *base = (char *)getauxval(AT_SYSINFO_EHDR);
    if (!base) return puts("none"), 0;
    Elf64_Ehdr *header = (void *)base;
    Elf64_Phdr *segments = (void *)(base + header->e_phoff);
    printf("%.3s type %d\n", base + 1, header->e_type);
    Elf64_Dyn *dynamic = NULL;
    long bias = (long)base;
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD) bias = (long)base - segments[i].p_vaddr;
        if (segments[i].p_type == PT_DYNAMIC) dynamic = (void *)(base + segments[i].p_offset);
    }
    Elf64_Sym *symbols = NULL;
    char *strings = NULL;
    unsigned *hash = NULL;
    for (; dynamic && dynamic->d_tag; dynamic++) {
        void *at = (void *)(bias + dynamic->d_un.d_ptr);
        if (dynamic->d_tag == DT_SYMTAB) symbols = at;
        if (dynamic->d_tag == DT_STRTAB) strings = at;
    }
    const char *wanted[] = {"__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_time", "__vdso_getcpu"};
    for (int w = 0; w < 4; w++) {
        int found = 0;
        for (Elf64_Sym *s = symbols; (char *)s < strings && symbols < (Elf64_Sym *)strings; s++)
            found |= !strcmp(strings + s->st_name, wanted[w]) && s->st_value;
        printf("%s %d\n", wanted[w], found);
    }
}
