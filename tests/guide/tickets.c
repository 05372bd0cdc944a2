// A box office with four windows. Every ticket has a number of its own, so they say; but between
// looking at the next number and writing down the one after it a window prints a ticket.
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

enum { WINDOWS = 4, TICKETS = 5 };

static int next_number;

static void print_ticket(int window, int number) {
    char ticket[80];
    snprintf(ticket, sizeof ticket, "window %d, ticket %05d, row %c", window, number, 'A' + number % 26);
}

static void sell(int window) {
    int number = next_number;
    print_ticket(window, number);
    next_number = number + 1;
}

static void *open_window(void *arg) {
    for (int i = 0; i < TICKETS; i++)
        sell((int)(long)arg);
    return NULL;
}

static void close_of_business(void) {
    assert(next_number == WINDOWS * TICKETS);
}

int main(void) {
    pthread_t windows[WINDOWS];
    for (long i = 0; i < WINDOWS; i++)
        pthread_create(&windows[i], NULL, open_window, (void *)(i + 1));
    for (int i = 0; i < WINDOWS; i++)
        pthread_join(windows[i], NULL);
    close_of_business();
    return 0;
}
