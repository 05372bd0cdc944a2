// Users log in and get rights. Somebody who may do everything is refused, some time later: a byte of
// what is kept about him has changed.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ = 1, WRITE = 2, ADMIN = 4 };

struct session {
    char user[16];
    int rights;
};

static struct session *sessions[3];

static void open_session(int number, const char *user, int rights) {
    sessions[number] = malloc(sizeof *sessions[number]);
    strcpy(sessions[number]->user, user);
    sessions[number]->rights = rights;
}

static void rename_user(int number, const char *user) {
    strcpy(sessions[number]->user, user);
}

static void shut_down(int number) {
    assert(sessions[number]->rights & ADMIN);
    puts("shutting down");
}

int main(void) {
    open_session(0, "guest", READ);
    open_session(1, "elisabeth", READ | WRITE | ADMIN);
    open_session(2, "jo", READ | WRITE);
    rename_user(2, "johanna");
    rename_user(1, "elisabeth.keller");
    rename_user(0, "visitor");
    shut_down(1);
    return 0;
}
