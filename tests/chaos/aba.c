// A lock-free stack whose nodes are used again: between a pop's read of `next` and its exchange, the top
// may be popped, its successor too, and the top be pushed again.
#include "bug.h"
typedef struct Node {
    struct Node *next;
    atomic_int used;
} Node;
static _Atomic(Node *) top;
static Node nodes[3];
static Node *pop(void) {
    Node *node = top;
    while (node && !atomic_compare_exchange_strong(&top, &node, node->next)) {}
    return node;
}
static void push(Node *node) {
    node->next = top;
    while (!atomic_compare_exchange_strong(&top, &node->next, node)) {}
}
static void *user(void *arg) {
    for (int i = 0; i < 300; i++) {
        Node *a = pop(), *b = pop();
        if (a && atomic_fetch_add(&a->used, 1)) struck("a node has two owners");
        if (b && atomic_fetch_add(&b->used, 1)) struck("a node has two owners");
        if (b) b->used = 0;
        if (a) a->used = 0;
        if (a) push(a);
        if (b) push(b);
    }
    return 0;
}
int main(void) {
    watchdog();
    for (int i = 0; i < 3; i++) push(&nodes[i]);
    pthread_t a = run(user, 0), b = run(user, 0);
    join(a), join(b);
}
