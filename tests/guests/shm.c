// System V shared memory: attached, written, read back, detached, removed.
#include "guest.h"
#include <sys/ipc.h>
#include <sys/shm.h>
int main(void) {
    int id = shmget(IPC_PRIVATE, 3 * PAGE + 100, IPC_CREAT | 0600);
    char *at = shmat(id, 0, 0);
    strcpy(at + PAGE, "hello");
    TRY(shmdt(at));
    at = shmat(id, 0, SHM_RDONLY);
    puts(at + PAGE);
    printf("%d\n", at[3 * PAGE]);
    struct shmid_ds ds;
    TRY(shmctl(id, IPC_STAT, &ds));
    printf("%zu bytes, %lu attached\n", ds.shm_segsz, (unsigned long)ds.shm_nattch);
    TRY(shmdt(at));
    TRY(shmdt(at));
    TRY(shmctl(id, IPC_RMID, 0));
    printf("%d\n", shmat(id, 0, 0) == (void *)-1);
}
