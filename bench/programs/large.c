// A large file for a compiler: every kind of function a hundred and more times.
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIST(n)                                                                                     \
    struct list##n { struct list##n *next; int key, values[3 + 0x##n % 13]; char name[8 + 0x##n % 7]; }; \
    static struct list##n *insert##n(struct list##n *list, int key, const char *name) {             \
        struct list##n **at = &list, *fresh;                                                        \
        while (*at && (*at)->key < key) at = &(*at)->next;                                          \
        if (*at && (*at)->key == key) return list;                                                  \
        if (!(fresh = calloc(1, sizeof *fresh))) abort();                                           \
        snprintf(fresh->name, sizeof fresh->name, "%s", name);                                      \
        for (int i = 0; i < 3 + 0x##n % 13; i++) fresh->values[i] = key * i + 0x##n;                \
        fresh->key = key, fresh->next = *at, *at = fresh;                                           \
        return list;                                                                                \
    }                                                                                               \
    int sum##n(const char *words[], int count) {                                                    \
        struct list##n *list = NULL, *next;                                                         \
        int sum = 0;                                                                                \
        for (int i = 0; i < count; i++) list = insert##n(list, (int)strlen(words[i]) ^ 0x##n, words[i]); \
        for (; list; list = next) {                                                                 \
            next = list->next;                                                                      \
            for (int i = 0; i < 3 + 0x##n % 13; i++) sum += list->values[i] >> (i & 3);             \
            free(list);                                                                             \
        }                                                                                           \
        return sum;                                                                                 \
    }

#define PARSER(n)                                                                                   \
    double parse##n(const char *text, int *error) {                                                 \
        double total = 0, value;                                                                    \
        char operation = '+', *end;                                                                 \
        for (*error = 0; *text; text++) {                                                           \
            switch (*text) {                                                                        \
            case ' ': case '\t': case '\n': break;                                                  \
            case '+': case '-': case '*': case '/': operation = *text; break;                       \
            case '(': value = parse##n(text + 1, error); total += value * 0x##n; break;             \
            case ')': return total;                                                                 \
            default:                                                                                \
                if (!isdigit((unsigned char)*text)) { *error = EINVAL; return NAN; }                \
                value = strtod(text, &end), text = end - 1;                                         \
                total = operation == '+' ? total + value : operation == '-' ? total - value         \
                        : operation == '*' ? total * value : value ? total / value : INFINITY;      \
            }                                                                                       \
        }                                                                                           \
        return sqrt(fabs(total)) + 0x##n;                                                           \
    }

#define FILTER(n)                                                                                   \
    void filter##n(float *restrict out, const float *restrict in, int size) {                       \
        float kernel[4 + 0x##n % 5];                                                                \
        for (int k = 0; k < 4 + 0x##n % 5; k++) kernel[k] = 1.0f / (k + 1 + 0x##n);                 \
        for (int i = 0; i + 4 + 0x##n % 5 < size; i++) {                                            \
            out[i] = 0;                                                                             \
            for (int k = 0; k < 4 + 0x##n % 5; k++) out[i] += in[i + k] * kernel[k];                \
            if (out[i] > 100.0f) out[i] = 100.0f;                                                   \
        }                                                                                           \
    }

#define ALL(n) LIST(n) PARSER(n) FILTER(n)
#define EIGHT(n) ALL(n##0) ALL(n##1) ALL(n##2) ALL(n##3) ALL(n##4) ALL(n##5) ALL(n##6) ALL(n##7)
EIGHT(1) EIGHT(2) EIGHT(3) EIGHT(4)
