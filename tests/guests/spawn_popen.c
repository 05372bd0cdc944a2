// popen in both directions, two at once, large output, status by pclose.
#include "proc.h"
int main(void) {
    char line[1000];
    FILE *from = popen("echo a line; echo another; exit 5", "r");
    while (fgets(line, sizeof line, from)) printf("read: %s", line);
    show("pclose", pclose(from));
    FILE *to = popen("sort", "w");
    fputs("pear\napple\nquince\n", to);
    show("pclose", pclose(to));
    FILE *one = popen("sleep 0.02; echo first", "re"), *two = popen("echo second; cat", "r");
    fgets(line, sizeof line, one);
    printf("%s", line);
    fgets(line, sizeof line, two);
    printf("%s", line);
    show("two", pclose(two));
    show("one", pclose(one));
    FILE *large = popen("seq 1 100000", "r");
    long count = 0, sum = 0, value;
    while (fscanf(large, "%ld", &value) == 1) count++, sum += value;
    printf("%ld %ld\n", count, sum);
    show("large", pclose(large));
    FILE *early = popen("yes", "r");
    fgets(line, sizeof line, early);
    printf("ends %d\n", pclose(early) != 0);
}
