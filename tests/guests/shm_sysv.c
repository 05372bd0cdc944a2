// A System V segment: inherited over fork, attached by key elsewhere, gone by exec, kept until the last detaches.
#include "proc.h"
#include <sys/ipc.h>
#include <sys/shm.h>
static int attached(int id) {
    struct shmid_ds state;
    return shmctl(id, IPC_STAT, &state) ? -1 : (int)state.shm_nattch;
}
int main(int argc, char **argv) {
    if (argc > 1) {
        int id = atoi(argv[1]);
        printf("after exec: %d attached\n", attached(id));
        char *own = shmat(id, NULL, 0);
        printf("%s, %d attached\n", own, attached(id));
        strcpy(own, "from the other program");
        return 0;
    }
    int id = shmget(IPC_PRIVATE, 3 * PAGE, IPC_CREAT | 0600);
    char *at = shmat(id, NULL, 0), number[20];
    strcpy(at, "from the parent");
    sprintf(number, "%d", id);
    reap("child", CHILD({
             printf("child: %s, %d attached\n", at, attached(id));
             strcpy(at, "from the child");
             TRY(shmdt(at));
             printf("%d attached\n", attached(id));
         }));
    puts(at);
    reap("program", CHILD(execl("/proc/self/exe", "x", number, NULL)));
    puts(at);
    TRY(shmctl(id, IPC_RMID, NULL));
    reap("after the removal", CHILD(strcpy(at, "still there")));
    printf("%s, %d attached\n", at, attached(id));
    TRY(shmdt(at));
    printf("%d\n", attached(id));
}
