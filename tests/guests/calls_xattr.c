// Extended attributes: set, listed, read and removed, by path, link, descriptor and directory.
#include "calls.h"

struct args {
    uint64_t value;
    uint32_t size, flags;
};

int main(void) {
    static char long_name[300] = "user.";
    memset(long_name + 5, 'n', sizeof long_name - 6);
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    symlink("file", "link");
    fresh();
    CALL(setxattr, "file", "user.one", "value", 5, 0);
    CALL(setxattr, "file", "user.one", "value", 5, 1);
    CALL(setxattr, "file", "user.two", "value", 5, 2);
    CALL(setxattr, "file", "user.two", "value", 5, 77);
    CALL(setxattr, "file", "user.two", BAD, 5, 0);
    CALL(setxattr, "file", "user.two", "value", 70000, 0);
    CALL(setxattr, "file", "", "value", 5, 0);
    CALL(setxattr, "file", long_name, "value", 5, 0);
    CALL(setxattr, "file", "odd.name", "value", 5, 0);
    CALL(setxattr, "missing", "user.one", "value", 5, 0);
    CALL(setxattr, BAD, "user.one", "value", 5, 0);
    CALL(lsetxattr, "link", "user.one", "value", 5, 0);
    CALL(fsetxattr, fd, "user.three", "other value", 11, 0);
    CALL(fsetxattr, 77, "user.three", "value", 5, 0);
    CALL(getxattr, "file", "user.one", A(0), 100);
    CALL(getxattr, "file", "user.one", 0, 0);
    CALL(getxattr, "file", "user.one", A(0), 2);
    CALL(getxattr, "file", "user.none", A(0), 100);
    CALL(getxattr, "file", "user.one", BAD, 100);
    CALL(getxattr, "missing", "user.one", A(0), 100);
    CALL(lgetxattr, "file", "user.three", A(64), 100);
    CALL(lgetxattr, "link", "user.three", A(64), 100);
    CALL(fgetxattr, fd, "user.three", A(128), 11);
    CALL(fgetxattr, 77, "user.three", A(128), 11);
    fresh();
    CALL(listxattr, "file", A(0), 100);
    CALL(listxattr, "file", A(0), 4);
    CALL(listxattr, "file", 0, 0);
    CALL(listxattr, "file", BAD, 100);
    CALL(llistxattr, "file", A(128), 100);
    CALL(llistxattr, "missing", A(128), 100);
    CALL(flistxattr, fd, A(256), 100);
    CALL(flistxattr, 77, A(256), 100);
    fresh();
    struct args *args = A(512);
    *args = (struct args){(uint64_t)A(0), 100, 0};
    CALL(getxattrat, AT_FDCWD, "file", 0, "user.three", args, 16);
    CALL(getxattrat, AT_FDCWD, "file", 0, "user.three", args, 8);
    CALL(getxattrat, AT_FDCWD, "file", 0x77, "user.three", args, 16);
    CALL(getxattrat, AT_FDCWD, "file", 0, "user.three", BAD, 16);
    args->value = 0x10;
    CALL(getxattrat, AT_FDCWD, "file", 0, "user.three", args, 16);
    *args = (struct args){(uint64_t) "by directory", 12, 0};
    CALL(setxattrat, fd, "", AT_EMPTY_PATH, "user.four", args, 16);
    args->flags = 77;
    CALL(setxattrat, fd, "", AT_EMPTY_PATH, "user.four", args, 16);
    CALL(listxattrat, fd, "", AT_EMPTY_PATH, A(0), 200);
    CALL(listxattrat, 77, "file", 0, A(0), 200);
    CALL(removexattrat, fd, "", AT_EMPTY_PATH, "user.four");
    CALL(removexattrat, fd, "", AT_EMPTY_PATH, "user.four");
    CALL(removexattr, "file", "user.one");
    CALL(removexattr, "file", "user.one");
    CALL(lremovexattr, "file", "user.three");
    CALL(lremovexattr, "missing", "user.three");
    CALL(fremovexattr, fd, "user.three");
    CALL(fremovexattr, 77, "user.three");
    CALL(fremovexattr, fd, BAD);
    memset(A(0), 0, 64);
    FILL(file_getattr, AT_FDCWD, "file", A(0), 24, 0);
    CALL(file_getattr, AT_FDCWD, "file", A(0), 4, 0);
    CALL(file_getattr, AT_FDCWD, "missing", A(0), 24, 0);
    CALL(file_getattr, AT_FDCWD, "file", BAD, 24, 0);
    CALL(file_setattr, AT_FDCWD, "file", BAD, 24, 0);
    CALL(file_setattr, AT_FDCWD, "file", A(0), 4, 0);
}
