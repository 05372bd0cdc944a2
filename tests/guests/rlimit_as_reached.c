// With no address space left, code that did not run before still runs.
#include "guest.h"
#include <math.h>
#include <regex.h>
#include <sys/resource.h>
#include <time.h>
#include <wchar.h>

int main(void) {
    struct rlimit limit = {PAGE, RLIM_INFINITY};
    TRY(setrlimit(RLIMIT_AS, &limit));
    TRY(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    char text[100];
    time_t when = 86400 * 365;
    strftime(text, sizeof text, "%A %d %B", gmtime(&when));
    printf("%s %.3f %ls %ld\n", text, strtod("2.5e3", NULL), L"wide", wcstol(L"77", NULL, 8));
    getrlimit(RLIMIT_AS, &limit);
    printf("%lu\n", limit.rlim_cur);
}
