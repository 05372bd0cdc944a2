// Counts, and prints what it counted.
#include <stdio.h>
#include <string.h>

struct account {
    char name[16];
    int balance;
    double rate;
};

int total;
char buffer[64] = "........";
struct account account = {"savings", 100, 1.5};

int square(int n) {
    return n * n;
}

void deposit(struct account *to, int amount) {
    to->balance += amount;
    total += square(amount);
    printf("deposit %d\n", amount);
    fflush(stdout);
}

int main(void) {
    for (int i = 1; i <= 5; i++)
        deposit(&account, i);
    memcpy(buffer, "deposits", 8);
    return 3;
}
