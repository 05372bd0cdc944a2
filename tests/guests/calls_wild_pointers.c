// Every call with wild pointers: unmapped, read-only, at the end of a page, wrapping, the kernel's, and those
// of addresses that are nobody's natively. All arguments are the pointer, then all but the first, which is
// a descriptor.
// warns: what wild commands write is unknown
#include "calls.h"

// What ends, stops, waits or forks, changes the process itself, or is another call of the C library's.
static const short left_out[] = {
    SYS_rt_sigreturn, SYS_pause, SYS_clone, SYS_fork, SYS_vfork, SYS_exit, SYS_exit_group, SYS_kill,
    SYS_tkill, SYS_tgkill, SYS_reboot, SYS_alarm, SYS_umask, SYS_sync, SYS_munmap, SYS_mmap, SYS_brk,
    SYS_mprotect, SYS_mremap, SYS_shmat, SYS_remap_file_pages, SYS_close, SYS_dup2, SYS_dup3, SYS_close_range,
    SYS_set_tid_address, SYS_set_robust_list, SYS_rseq, SYS_personality, SYS_setsid, SYS_vhangup,
    SYS_sched_yield, SYS_syncfs, SYS_munlockall, SYS_mlockall, SYS_setfsuid, SYS_setfsgid,
    SYS_io_setup, SYS_io_destroy, SYS_io_getevents, SYS_io_submit, SYS_io_cancel, SYS_io_pgetevents,
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_userfaultfd, SYS_memfd_secret,
    SYS_ptrace, SYS_restart_syscall, SYS_seccomp, SYS_landlock_restrict_self, SYS_unshare, SYS_arch_prctl,
    SYS_setpgid, SYS_getpid, SYS_getppid, SYS_gettid, SYS_getpgrp, SYS_getpgid, SYS_getsid, SYS_inotify_init,
    SYS_eventfd, SYS_epoll_create, SYS_modify_ldt, SYS_prctl, SYS_time, SYS_times, SYS_dup, SYS_process_mrelease,
    SYS_futex_wait, SYS_fcntl, SYS_ioctl, SYS_setpriority, SYS_getpriority, SYS_shmdt, SYS_flock, SYS_select,
    SYS_set_mempolicy, SYS_pkey_mprotect, SYS_madvise, SYS_lseek, SYS_fallocate, SYS_ftruncate,
    SYS_mq_notify, SYS_membarrier, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_semget, SYS_semop,
    SYS_semtimedop, SYS_semctl, SYS_shmget, SYS_shmctl, SYS_poll, SYS_ppoll, SYS_pselect6, SYS_waitid, SYS_wait4,
    SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_getrandom,
    335, 336,
};

static int is_left_out(int nr) {
    for (int i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i] == nr) return 1;
    return nr >= 337 && nr < 424;
}

static int file, pipes[2];

static const char *made(long nr, uint64_t first, uint64_t wild) {
    errno = 0;
    long result = syscall(nr, first, wild, wild, wild, wild, wild);
    if (result != -1) return "ok";
    return strerrorname_np(errno);
}

int main(void) {
    file = open("file", O_CREAT | O_RDWR, 0600);
    pipe2(pipes, O_NONBLOCK);
    be_nobody();
    // At a place that is the same in each run: half of the arguments are numbers.
    readonly = mmap((void *)0x600012345000, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    arena = readonly + PAGE;
    fresh();
    mprotect(readonly, PAGE, PROT_READ);
    const uint64_t wild[] = {
        0x10,
        (uint64_t)readonly,
        (uint64_t)END(1),
        -1UL,
        -4096UL,
        0xffff800000000000,
        0x800000000000,
        0x7ffffffff001,
        0x7f000000,
        0x7e9000001230,
        0x7e8400000010,
        0x170000000,
    };
    for (int nr = 0; nr < 472; nr++) {
        if (is_left_out(nr)) continue;
        printf("%d:", nr);
        for (int i = 0; i < sizeof wild / sizeof *wild; i++)
            printf(" %s/%s/%s", made(nr, wild[i], wild[i]), made(nr, file, wild[i]), made(nr, pipes[0], wild[i]));
        printf("\n");
    }
}
