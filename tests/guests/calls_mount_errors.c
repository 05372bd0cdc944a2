// Mounts, namespaces, quotas: what an ordinary user is told, and what may be asked of them.
// warns: some commands are unknown
#include "calls.h"
#include <sched.h>

int main(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0666);
    mkdir("dir", 0777);
    be_nobody();
    fresh();
    CALL(mount, "none", "dir", "tmpfs", 0, 0);
    CALL(mount, "none", "missing", "tmpfs", 0, 0);
    CALL(mount, "none", BAD, "tmpfs", 0, 0);
    CALL(mount, "none", "dir", "tmpfs", 0, BAD);
    CALL(umount2, "dir", 0);
    CALL(umount2, "missing", 0);
    CALL(umount2, "dir", 0x7777);
    CALL(umount2, BAD, 0);
    CALL(pivot_root, "dir", "dir");
    CALL(pivot_root, "missing", "dir");
    CALL(chroot, "dir");
    CALL(open_tree, AT_FDCWD, "missing", 0);
    CALL(open_tree, AT_FDCWD, "dir", 0x77);
    CALL(open_tree, AT_FDCWD, "dir", 1);
    int tree = CALL(open_tree, AT_FDCWD, "dir", 0x80000);
    CALL(open_tree_attr, AT_FDCWD, "dir", 0, A(0), 4);
    CALL(move_mount, tree, "", AT_FDCWD, "dir", 4);
    CALL(move_mount, 77, "", AT_FDCWD, "dir", 0x7000);
    CALL(fsopen, "tmpfs", 0);
    CALL(fsopen, "nothing", 0);
    CALL(fsopen, "tmpfs", 77);
    CALL(fsconfig, fd, 0, "key", 0, 0);
    CALL(fsconfig, 77, 6, 0, 0, 0);
    CALL(fsconfig, fd, 77, 0, 0, 0);
    CALL(fsmount, fd, 0, 0);
    CALL(fsmount, 77, 77, 0);
    CALL(fspick, AT_FDCWD, "dir", 0);
    CALL(fspick, AT_FDCWD, "dir", 0x777);
    memset(A(0), 0, 64);
    CALL(mount_setattr, AT_FDCWD, "dir", 0, A(0), 32);
    CALL(mount_setattr, AT_FDCWD, "dir", 0, A(0), 4);
    CALL(mount_setattr, AT_FDCWD, "dir", 0x77, A(0), 32);
    CALL(quotactl, 0x80000700, "missing", 0, A(0));
    CALL(quotactl, 0x7777, 0, 0, A(0));
    CALL(quotactl_fd, fd, 0x80000700, 0, A(0));
    CALL(quotactl_fd, 77, 0x80000700, 0, A(0));
    struct {
        unsigned size, ns;
        unsigned long id, param;
    } req = {24, 0, -1L, 0};
    fresh();
    CALL(listmount, &req, A(0), 4, 0);
    CALL(listmount, &req, A(0), 4, 77);
    CALL(listmount, BAD, A(0), 4, 0);
    CALL(listmount, &req, BAD, 4, 0);
    req.size = 4;
    CALL(listmount, &req, A(0), 4, 0);
    CALL(statmount, &req, A(0), 512, 0);
    req.size = 24, req.id = 1;
    CALL(statmount, &req, A(0), 512, 0);
    CALL(statmount, &req, A(0), 512, 77);
    CALL(statmount, BAD, A(0), 512, 0);
    CALL(listns, BAD, A(0), 4, 0);
    CALL(listns, &req, A(0), 4, 77);
    CALL(unshare, 0x77);
    CALL(unshare, CLONE_NEWUTS);
    CALL(unshare, CLONE_FS);
    CALL(unshare, CLONE_FILES);
    CALL(setns, fd, 0);
    CALL(setns, 77, 0);
    CALL(setns, fd, 0x77);
    CALL(fanotify_init, 0x7777, 0);
    CALL(fanotify_init, 0, 0);
    CALL(fanotify_mark, fd, 1, 2, AT_FDCWD, "dir");
    CALL(fanotify_mark, 77, 1, 2, AT_FDCWD, "dir");
    CALL(fanotify_mark, fd, 0x7777, 2, AT_FDCWD, "dir");
}
