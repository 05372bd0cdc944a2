// The everyday file calls: stat in its forms, links, renames, directories, times, xattrs, locks.
#include "guest.h"
#include <dirent.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>
int main(void) {
    int fd = WORKS(open("a", O_RDWR | O_CREAT | O_EXCL, 0640));
    TRY(write(fd, "0123456789", 10));
    TRY(open("a", O_RDWR | O_CREAT | O_EXCL, 0640));
    struct stat s;
    struct statx x;
    struct statfs f;
    TRY(fstat(fd, &s));
    printf("%o %ld %d\n", s.st_mode, s.st_size, s.st_nlink);
    TRY(link("a", "b"));
    TRY(symlink("b", "c"));
    TRY(lstat("c", &s));
    TRY(statx(AT_FDCWD, "c", 0, STATX_ALL, &x));
    printf("%o %d %ld\n", s.st_mode, x.stx_nlink, (long)x.stx_size);
    TRY(statfs(".", &f) || f.f_bsize == 0);
    char link[20] = "";
    TRY(readlink("c", link, 20));
    TRY(readlink("a", link, 20));
    TRY(rename("a", "d"));
    TRY(syscall(SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "b", 1));
    TRY(mkdir("dir", 0755));
    TRY(mkdir("dir", 0755));
    TRY(rmdir("dir"));
    TRY(ftruncate(fd, 5));
    TRY(lseek(fd, -2, SEEK_END));
    char buffer[20] = "";
    TRY(read(fd, buffer, 20));
    puts(buffer);
    struct iovec parts[] = {{buffer, 2}, {buffer + 10, 5}};
    TRY(preadv(fd, parts, 2, 1));
    TRY(pwritev(fd, parts, 2, 100));
    TRY(lseek(fd, 0, SEEK_DATA));
    TRY(fallocate(fd, 0, 0, 10000));
    TRY(fsync(fd));
    TRY(utimensat(AT_FDCWD, "d", (struct timespec[]){{1000, 5}, {2000, 6}}, 0));
    stat("d", &s);
    printf("%ld.%ld\n", s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
    TRY(chmod("d", 0600));
    TRY(access("d", X_OK | R_OK) < 1);
    TRY(flock(fd, LOCK_EX | LOCK_NB));
    struct flock lock = {F_WRLCK, SEEK_SET, 0, 10};
    TRY(fcntl(fd, F_SETLK, &lock));
    TRY(fcntl(fd, F_GETLK, &lock));
    printf("%d\n", lock.l_type);
    TRY(fcntl(fd, F_GETFL) & O_ACCMODE);
    TRY(fcntl(fd, F_SETFL, O_APPEND));
    TRY(getxattr("d", "user.none", buffer, 20) < 0);
    TRY(umask(077) >= 0);
    TRY(syscall(SYS_copy_file_range, fd, NULL, fd, &(long){20000}, 0, 0));
    TRY(unlink("c"));
    TRY(unlink("none"));
    TRY(openat(AT_FDCWD, "d/x", O_RDONLY));
    TRY(syscall(SYS_openat2, AT_FDCWD, "d", &(long[3]){O_PATH}, 24) >= 0);
}
