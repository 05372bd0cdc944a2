// Opening, naming and changing files: every error that needs no device and no full disk.
#include "calls.h"
#include <sys/resource.h>

static char long_name[300], long_path[5000];

static void opening(void) {
    int fd = CALL(open, "file", O_CREAT | O_RDWR, 0644);
    CALL(write, fd, "contents", 8);
    CALL(open, "file", O_CREAT | O_EXCL | O_RDWR, 0644);
    CALL(open, "missing", O_RDONLY);
    CALL(open, "file/below", O_RDONLY);
    CALL(open, "dir", O_WRONLY);
    CALL(open, "dir", O_RDONLY | O_CREAT, 0644);
    CALL(open, "file", O_RDONLY | O_DIRECTORY);
    CALL(open, "loop", O_RDONLY);
    CALL(open, "link", O_RDONLY | O_NOFOLLOW);
    CALL(open, long_name, O_RDONLY);
    CALL(open, long_path, O_RDONLY);
    CALL(open, "", O_RDONLY);
    CALL(open, ".", O_TMPFILE | O_RDONLY, 0600);
    CALL(open, "fifo", O_WRONLY | O_NONBLOCK);
    CALL(open, "socket", O_RDWR);
    CALL(open, BAD, O_RDONLY);
    CALL(openat, 77, "file", O_RDONLY);
    CALL(openat, fd, "file", O_RDONLY);
    CALL(openat, AT_FDCWD, "file", O_RDONLY | O_CREAT | O_DIRECTORY, 0600);
    CALL(creat, "dir", 0600);
    CALL(creat, "missing/file", 0600);
    struct rlimit few = {fd + 1, 4096};
    struct rlimit usual;
    getrlimit(RLIMIT_NOFILE, &usual);
    few.rlim_max = usual.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    CALL(open, "file", O_RDONLY);
    CALL(dup, fd);
    CALL(pipe2, A(0), 0);
    setrlimit(RLIMIT_NOFILE, &usual);
    CALL(close, fd);
    CALL(close, fd);
    CALL(close, -1);
}

static void sizes(void) {
    int fd = CALL(open, "file", O_RDWR), ro = CALL(open, "file", O_RDONLY);
    CALL(truncate, "file", -1L);
    CALL(truncate, "dir", 0);
    CALL(truncate, "missing", 0);
    CALL(truncate, BAD, 0);
    CALL(ftruncate, ro, 0);
    CALL(ftruncate, fd, -1L);
    CALL(ftruncate, 77, 0);
    CALL(ftruncate, fd, 10);
    CALL(fallocate, fd, 0, 0, 0);
    CALL(fallocate, fd, 0x1000, 0, 10);
    CALL(fallocate, ro, 0, 0, 10);
    CALL(fallocate, fd, 0, 0x7fffffffffffffff, 10);
    CALL(fallocate, 77, 0, 0, 10);
    CALL(fadvise64, fd, 0, 0, 77);
    CALL(fadvise64, 77, 0, 0, 0);
    CALL(fadvise64, fd, 0, 0, 3);
    CALL(readahead, fd, 0, 4096);
    CALL(readahead, 77, 0, 4096);
    CALL(sync_file_range, fd, 0, 0, 77);
    CALL(sync_file_range, fd, -1L, 0, 0);
    CALL(sync_file_range, fd, 0, 0, 7);
    CALL(fsync, 77);
    CALL(fdatasync, 77);
    CALL(fdatasync, fd);
    CALL(syncfs, 77);
    CALL(flock, fd, 77);
    CALL(flock, 77, 1);
    CALL(flock, fd, 2);
    CALL(flock, ro, 6);
    CALL(lseek, fd, -1L, SEEK_SET);
    CALL(lseek, fd, 0, 77);
    CALL(lseek, fd, 100, SEEK_DATA);
    CALL(lseek, fd, 100, SEEK_HOLE);
    CALL(lseek, fd, 3, SEEK_HOLE);
    CALL(lseek, fd, 0x7fffffffffffffff, SEEK_END);
    CALL(lseek, 77, 0, SEEK_SET);
    close(fd), close(ro);
}

static void names(void) {
    CALL(mkdir, "dir", 0700);
    CALL(mkdir, "missing/dir", 0700);
    CALL(mkdirat, 77, "x", 0700);
    CALL(rmdir, "file");
    CALL(rmdir, ".");
    CALL(rmdir, "missing");
    CALL(mkdir, "dir/inner", 0700);
    CALL(rmdir, "dir");
    CALL(rmdir, "dir/inner/..");
    CALL(unlink, "missing");
    CALL(unlink, "dir");
    CALL(unlink, BAD);
    CALL(unlinkat, AT_FDCWD, "dir/inner", 0);
    CALL(unlinkat, AT_FDCWD, "file", AT_REMOVEDIR);
    CALL(unlinkat, AT_FDCWD, "file", 77);
    CALL(link, "file", "dir");
    CALL(link, "dir", "other");
    CALL(link, "missing", "other");
    CALL(link, "file", "other");
    CALL(linkat, AT_FDCWD, "", AT_FDCWD, "third", 0);
    CALL(linkat, AT_FDCWD, "file", AT_FDCWD, "third", 77);
    CALL(symlink, "", "empty");
    CALL(symlink, "file", "link");
    CALL(symlinkat, "file", 77, "there");
    CALL(rename, "dir", "dir/inner/below");
    CALL(rename, "file", "dir");
    CALL(rename, "dir", "file");
    CALL(rename, "missing", "file");
    CALL(rename, "dir/inner", "dir");
    CALL(renameat, 77, "file", AT_FDCWD, "x");
    CALL(renameat2, AT_FDCWD, "file", AT_FDCWD, "other", 1);
    CALL(renameat2, AT_FDCWD, "file", AT_FDCWD, "other", 77);
    CALL(renameat2, AT_FDCWD, "file", AT_FDCWD, "missing", 2);
    CALL(renameat2, AT_FDCWD, "file", AT_FDCWD, "dir", 2);
    CALL(renameat2, AT_FDCWD, "file", AT_FDCWD, "dir", 2);
    CALL(mknod, "file", S_IFREG | 0600, 0);
    CALL(mknod, "node", 0777777, 0);
    CALL(mknodat, 77, "node", S_IFIFO | 0600, 0);
    CALL(chdir, "file");
    CALL(chdir, "missing");
    CALL(fchdir, 77);
    int fd = open("file", O_RDONLY);
    CALL(fchdir, fd);
    close(fd);
    CALL(chroot, "file");
    CALL(chroot, "missing");
    fresh();
    CALL(getcwd, A(0), 2);
    CALL(getcwd, BAD, 4096);
    CALL(readlink, "link", A(0), 100);
    CALL(readlink, "link", A(0), 2);
    CALL(readlink, "link", A(0), 0);
    CALL(readlink, "file", A(0), 100);
    CALL(readlink, "link", BAD, 100);
    CALL(readlinkat, 77, "link", A(0), 100);
    CALL(readlinkat, AT_FDCWD, "", A(0), 100);
}

static void attributes(void) {
    int fd = open("file", O_RDONLY);
    CALL(chmod, "missing", 0600);
    CALL(chmod, "loop", 0600);
    CALL(fchmod, 77, 0600);
    CALL(fchmodat, AT_FDCWD, "file", 0640);
    CALL(fchmodat2, AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW);
    CALL(fchmodat2, AT_FDCWD, "file", 0600, 77);
    CALL(fchmodat2, fd, "", 0600, AT_EMPTY_PATH);
    CALL(chown, "missing", 0, 0);
    CALL(lchown, "missing", 0, 0);
    CALL(fchown, 77, 0, 0);
    CALL(fchownat, AT_FDCWD, "file", -1, -1, 77);
    CALL(fchownat, AT_FDCWD, "", -1, -1, 0);
    CALL(access, "missing", F_OK);
    CALL(access, "file", 77);
    CALL(faccessat, 77, "file", R_OK);
    CALL(faccessat2, AT_FDCWD, "file", R_OK, 77);
    CALL(faccessat2, AT_FDCWD, "file", R_OK, AT_EACCESS);
    CALL(utime, "missing", 0);
    CALL(utime, "file", BAD);
    CALL(utimes, "missing", 0);
    struct timespec wrong[2] = {{0, 2000000000}, {0, 0}};
    struct timeval wrong_too[2] = {{0, 2000000}, {0, 0}};
    CALL(utimes, "file", wrong_too);
    CALL(futimesat, AT_FDCWD, "file", wrong_too);
    CALL(futimesat, 77, "file", 0);
    CALL(utimensat, AT_FDCWD, "file", wrong, 0);
    CALL(utimensat, AT_FDCWD, "file", 0, 77);
    CALL(utimensat, fd, 0, BAD, 0);
    CALL(umask, 0777);
    CALL(umask, 022);
    fresh();
    FILL(stat, "file", A(0));
    CALL(stat, "missing", A(0));
    CALL(stat, "file", BAD);
    FILL(stat, "file", END(100));
    CALL(lstat, "loop/x", A(0));
    CALL(fstat, 77, A(0));
    CALL(newfstatat, AT_FDCWD, "file", A(0), 77);
    CALL(newfstatat, AT_FDCWD, "", A(0), 0);
    fresh();
    CALL(statx, AT_FDCWD, "file", 0, 0x80000000, A(0));
    CALL(statx, AT_FDCWD, "file", 0x6000, 0xfff, A(0));
    CALL(statx, AT_FDCWD, "missing", 0, 0xfff, A(0));
    CALL(statx, AT_FDCWD, "file", 0, 0xfff, BAD);
    FILL(statx, fd, "", AT_EMPTY_PATH, 0x2ff, A(0));
    fresh();
    CALL(statfs, "missing", A(0));
    FILL(statfs, "file", END(100));
    CALL(fstatfs, 77, A(0));
    FILL(fstatfs, fd, A(0));
    CALL(ustat, 0xffff, A(0));
    close(fd);
}

static void listings(void) {
    int dir = open("dir", O_RDONLY), fd = open("other", O_RDONLY);
    fresh();
    CALL(getdents64, dir, A(0), 8);
    CALL(getdents64, fd, A(0), 1000);
    CALL(getdents64, 77, A(0), 1000);
    CALL(getdents64, dir, BAD, 1000);
    CALL(getdents, dir, A(0), 8);
    CALL(getdents, fd, A(0), 1000);
    rmdir("dir/inner"), rmdir("dir");
    unlink("dir");
    CALL(mkdir, "empty-dir", 0700);
    close(dir);
    dir = open("empty-dir", O_RDONLY);
    rmdir("empty-dir");
    CALL(getdents64, dir, A(0), 1000);
    CALL(openat, dir, "x", O_CREAT | O_WRONLY, 0600);
    close(dir), close(fd);
}

static void handles(void) {
    struct {
        unsigned bytes;
        int type;
        char data[128];
    } *handle = A(0);
    fresh();
    handle->bytes = 0;
    CALL(name_to_handle_at, AT_FDCWD, "file", handle, A(512), 77);
    handle->bytes = 1000;
    CALL(name_to_handle_at, AT_FDCWD, "file", handle, A(512), 0);
    CALL(name_to_handle_at, AT_FDCWD, "missing", handle, A(512), 0);
    CALL(name_to_handle_at, AT_FDCWD, "file", BAD, A(512), 0);
    handle->bytes = 0;
    FILL(name_to_handle_at, AT_FDCWD, "other", handle, A(512), 0);
    handle->bytes = 1000;
    CALL(open_by_handle_at, AT_FDCWD, handle, O_RDONLY);
    CALL(open_by_handle_at, 77, handle, O_RDONLY);
    CALL(open_by_handle_at, AT_FDCWD, BAD, O_RDONLY);
}

int main(void) {
    memset(long_name, 'n', sizeof long_name - 1);
    for (int i = 0; i < sizeof long_path - 1; i++) long_path[i] = "d/"[i % 2];
    mkdir("dir", 0700);
    symlink("loop", "loop");
    symlink("file", "link");
    mkfifo("fifo", 0600);
    mknod("socket", S_IFSOCK | 0600, 0);
    fresh();
    opening();
    sizes();
    names();
    attributes();
    listings();
    handles();
}
