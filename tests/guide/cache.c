// A cache of pages. When it is full, it gives up the page that was not used for longest, even if
// somebody is still reading it.
// build: -fsanitize=address
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 3 };

struct page {
    int number, last_used;
    char text[32];
};

// What ASAN_OPTIONS says otherwise: an error ends the program where it is found.
const char *__asan_default_options(void) {
    return "abort_on_error=1";
}

static struct page *pages[SIZE];
static int clock_now;

static void evict(int slot) {
    free(pages[slot]);
    pages[slot] = NULL;
}

static int oldest(void) {
    int slot = 0;
    for (int i = 1; i < SIZE; i++)
        if (pages[i]->last_used < pages[slot]->last_used)
            slot = i;
    return slot;
}

static int free_slot(void) {
    for (int i = 0; i < SIZE; i++)
        if (!pages[i])
            return i;
    int slot = oldest();
    evict(slot);
    return slot;
}

static struct page *get_page(int number) {
    for (int i = 0; i < SIZE; i++)
        if (pages[i] && pages[i]->number == number) {
            pages[i]->last_used = ++clock_now;
            return pages[i];
        }
    int slot = free_slot();
    pages[slot] = malloc(sizeof *pages[slot]);
    pages[slot]->number = number;
    pages[slot]->last_used = ++clock_now;
    snprintf(pages[slot]->text, sizeof pages[slot]->text, "page %d", number);
    return pages[slot];
}

static int entry(const struct page *index, int i) {
    return index->text[i];
}

int main(void) {
    struct page *index = get_page(0);
    for (int i = 1; i <= 4; i++)
        printf("%s: %c\n", get_page(i)->text, entry(index, i));
    return 0;
}
