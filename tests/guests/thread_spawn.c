// posix_spawn, system and popen from several threads at once.
#include "thread.h"
#include <spawn.h>
#include <sys/wait.h>
extern char **environ;
static void *spawn(void *n) {
    char word[20], line[50] = "";
    sprintf(word, "exit %d", NUMBER(n));
    char *argv[] = {"sh", "-c", word, NULL};
    int child, status;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (posix_spawnp(&child, "sh", &actions, NULL, argv, environ)) return POINTER(-1);
    waitpid(child, &status, 0);
    sprintf(line, "echo from thread %d", NUMBER(n));
    FILE *pipe = popen(line, "r");
    fgets(line, sizeof line, pipe);
    return POINTER(WEXITSTATUS(status) * 100 + atoi(line + 12) * 10 + WEXITSTATUS(pclose(pipe)));
}
static void *systems(void *n) {
    char line[50];
    sprintf(line, "exit %d", NUMBER(n));
    return POINTER(WEXITSTATUS(system(line)));
}
int main(void) {
    pthread_t t[8];
    for (int i = 0; i < 8; i++) t[i] = start(i % 2 ? spawn : systems, i);
    for (int i = 0; i < 8; i++) printf("%ld\n", join(t[i]));
}
