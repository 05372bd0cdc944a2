// A wait that never ends, without any system call.
static volatile int ready;

__attribute__((noinline)) static void spin(void) {
    while (!ready) {}
}

int main(void) {
    spin();
    return 0;
}
