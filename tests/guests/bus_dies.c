// SIGBUS without a handler.
// exit: signal BUS
#include "guest.h"
int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    char *map = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    puts("touching");
    return *map;
}
