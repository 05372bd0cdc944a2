// group: loops
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    enum { N = 4 << 20 };
    char *text = malloc(N + 1);
    unsigned x = 7, hits = 0;
    for (int i = 0; i < N; i++) x = x * 1664525 + 1013904223, text[i] = 'a' + (x >> 24) % 4;
    text[N] = 0;
    const char *words[] = {"abcdabcd", "ddddd", "acacacac", "bbad"};
    for (int round = 0; round < 8; round++)
        for (int w = 0; w < 4; w++) {
            int length = strlen(words[w]);
            for (char *p = text; *p; p++) {
                int k = 0;
                while (k < length && p[k] == words[w][k]) k++;
                hits += k == length;
            }
        }
    printf("%u\n", hits);
}
