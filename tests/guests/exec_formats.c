// What is wrong with programs and scripts, and the order in which it is found out.
#include "proc.h"
#include <elf.h>
#include <stddef.h>
static void put(const char *name, const void *bytes, long length, int mode) {
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, mode);
    write(fd, bytes, length);
    close(fd);
}
static void script(const char *name, const char *text) { put(name, text, strlen(text), 0755); }
static void try(const char *path) {
    int result = execl(path, path, NULL);
    printf("%s: %d %s\n", path, result, strerrorname_np(errno));
}
/* A program that names its interpreter. */
static struct program { Elf64_Ehdr head; Elf64_Phdr segments[2]; char name[40]; } elf;
static void program(const char *name, const char *interpreter, long length) {
    memset(&elf, 0, sizeof elf);
    memcpy(elf.head.e_ident, ELFMAG "\2\1\1", 7);
    elf.head.e_type = ET_DYN;
    elf.head.e_machine = EM_X86_64;
    elf.head.e_version = 1;
    elf.head.e_ehsize = sizeof elf.head;
    elf.head.e_phoff = sizeof elf.head;
    elf.head.e_phentsize = sizeof(Elf64_Phdr);
    elf.head.e_phnum = 2;
    elf.segments[0] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0, 0, 0, sizeof elf, sizeof elf, PAGE};
    elf.segments[1] = (Elf64_Phdr){PT_INTERP, PF_R, offsetof(struct program, name), 0, 0, length, length, 1};
    strcpy(elf.name, interpreter);
    put(name, &elf, sizeof elf, 0755);
}
#define CHANGED(change) ({ program("changed", "/no/such", 9); change; put("changed", &elf, sizeof elf, 0755); printf("%s: ", #change); try("changed"); })
int main(void) {
    char text[400];
    program("no-linker", "/no/such/linker", 16);
    program("linker-is-directory", "/", 2);
    program("linker-is-text", "./text", 7);
    program("linker-is-short", "./short", 8);
    program("linker-is-script", "./good", 7);
    program("linker-not-terminated", "/no/such", 8);
    program("linker-name-of-one", "", 1);
    program("linker-name-too-long", "", 5000);
    put("text", "just some text that is longer than the header of a program ........", 68, 0755);
    put("short", "\177ELF", 4, 0755);
    script("good", "#!/bin/true\n");
    put("no-permission", "#!/bin/true\n", 12, 0644);
    put("unreadable-garbage", "garbage", 7, 0111);
    try("no-linker");
    try("linker-is-directory");
    try("linker-is-text");
    try("linker-is-short");
    try("linker-is-script");
    try("linker-not-terminated");
    try("linker-name-of-one");
    try("linker-name-too-long");
    CHANGED(elf.head.e_type = ET_REL);
    CHANGED(elf.head.e_type = ET_CORE);
    CHANGED(elf.head.e_machine = EM_AARCH64);
    CHANGED(elf.head.e_phnum = 0);
    CHANGED(elf.head.e_phnum = 2000);
    CHANGED(elf.head.e_phentsize = 64);
    CHANGED(elf.head.e_phoff = 1 << 20);
    CHANGED(elf.head.e_ident[4] = ELFCLASS64);
    script("to-directory", "#!/\n");
    script("to-no-permission", "#!./no-permission\n");
    script("to-text", "#!./text\n");
    script("to-program-without-linker", "#!./no-linker\n");
    script("only-blanks", "#!   \t \n");
    script("no-newline", "#!/no/such/interpreter");
    script("to-device", "#!/dev/null\n");
    script("through-a-file", "#!./text/x\n");
    memset(text, 'a', sizeof text);
    memcpy(text, "#!/", 3);
    put("name-cut-off", text, sizeof text, 0755);
    text[100] = ' ';
    put("argument-cut-off", text, sizeof text, 0755);
    int busy = open("busy", O_CREAT | O_WRONLY, 0755);
    script("to-busy", "#!./busy\n");
    try("to-directory");
    try("to-no-permission");
    try("to-text");
    try("to-program-without-linker");
    try("only-blanks");
    try("no-newline");
    try("to-device");
    try("through-a-file");
    try("name-cut-off");
    try("argument-cut-off");
    try("to-busy");
    close(busy);
    try("to-busy");
    try("unreadable-garbage");
    for (int i = 1; i <= 7; i++) { // each is interpreted by the one before
        char name[20], line[40];
        sprintf(name, "depth-%d", i);
        sprintf(line, i == 1 ? "#!/bin/true\n" : "#!./depth-%d\n", i - 1);
        script(name, line);
    }
    reap("five", CHILD(execl("depth-5", "x", NULL)));
    try("depth-6");
    try("depth-7");
    try("text/below-a-file");
    try("./missing/below");
}
