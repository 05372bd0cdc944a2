//! Running a command as an unprivileged container does: another user, no capability and no way to one,
//! a seccomp filter like Docker's default, a root that is read-only, `/proc/sys` as well.
//!
//! # Safety
//! Between fork and exec, only system calls are made, with pointers to what was prepared before.

use std::ffi::CString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Whom the command runs as, if the test runs as root.
pub const USER: u32 = 1000;

/// What Docker's default profile refuses without capabilities; `ptrace` besides, as older ones do.
#[rustfmt::skip]
const REFUSED: &[i64] = &[
    libc::SYS_acct, libc::SYS_add_key, libc::SYS_bpf, libc::SYS_clock_adjtime, libc::SYS_clock_settime,
    libc::SYS_delete_module, libc::SYS_finit_module, libc::SYS_get_mempolicy, libc::SYS_init_module,
    libc::SYS_ioperm, libc::SYS_iopl, libc::SYS_kcmp, libc::SYS_kexec_file_load, libc::SYS_kexec_load,
    libc::SYS_keyctl, libc::SYS_lookup_dcookie, libc::SYS_mbind, libc::SYS_mount, libc::SYS_move_pages,
    libc::SYS_open_by_handle_at, libc::SYS_perf_event_open, libc::SYS_pivot_root,
    libc::SYS_process_vm_readv, libc::SYS_process_vm_writev, libc::SYS_ptrace, libc::SYS_quotactl,
    libc::SYS_reboot, libc::SYS_request_key, libc::SYS_set_mempolicy, libc::SYS_setns,
    libc::SYS_settimeofday, libc::SYS_swapoff, libc::SYS_swapon, libc::SYS_sysfs, libc::SYS_umount2,
    libc::SYS_unshare, libc::SYS_userfaultfd, libc::SYS_ustat, libc::SYS_vhangup,
    libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register,
];
/// `CLONE_NEW*`.
const NAMESPACES: u32 = 0x7e02_0000;
const PERSONALITIES: [u32; 5] = [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff];

const ALLOW: u32 = 0x7fff_0000;
const ERRNO: u32 = 0x0005_0000;
const LOAD: u16 = 0x20;
const EQUAL: u16 = 0x15;
const ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;
const NUMBER: u32 = 0;
const FIRST_ARGUMENT: u32 = 16;

fn filter() -> Vec<libc::sock_filter> {
    let refuse = ERRNO | libc::EPERM as u32;
    let insn = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut all = vec![insn(LOAD, 0, 0, NUMBER)];
    // glibc falls back to `clone`.
    all.push(insn(EQUAL, 0, 1, libc::SYS_clone3 as u32));
    all.push(insn(RETURN, 0, 0, ERRNO | libc::ENOSYS as u32));
    for number in REFUSED {
        all.push(insn(EQUAL, 0, 1, *number as u32));
        all.push(insn(RETURN, 0, 0, refuse));
    }
    all.push(insn(EQUAL, 0, 4, libc::SYS_clone as u32));
    all.push(insn(LOAD, 0, 0, FIRST_ARGUMENT));
    all.push(insn(ANY_BIT, 0, 1, NAMESPACES));
    all.push(insn(RETURN, 0, 0, refuse));
    all.push(insn(RETURN, 0, 0, ALLOW));
    let others = PERSONALITIES.len() as u8;
    all.push(insn(EQUAL, 0, others + 2, libc::SYS_personality as u32));
    all.push(insn(LOAD, 0, 0, FIRST_ARGUMENT));
    for (i, value) in PERSONALITIES.into_iter().enumerate() {
        all.push(insn(EQUAL, others - i as u8, 0, value));
    }
    all.push(insn(RETURN, 0, 0, refuse));
    all.push(insn(RETURN, 0, 0, ALLOW));
    all
}

/// Has the command run so. `dir` is the only place it may write to (but for memory file systems).
pub fn confine(command: &mut Command, dir: &Path) -> io::Result<()> {
    let text = |path: &Path| CString::new(path.as_os_str().as_encoded_bytes());
    let (root, sys, dir) = (CString::new("/")?, CString::new("/proc/sys")?, text(dir)?);
    let filter = filter();
    // SAFETY: see above; plain system calls.
    let privileged = unsafe { libc::geteuid() } == 0;
    let prepare = move || {
        if privileged {
            read_only(&root, &sys, &dir)?;
            become_nobody()?;
        }
        confine_self(&filter)
    };
    // SAFETY: `prepare` makes system calls only, and allocates nothing.
    unsafe { command.pre_exec(prepare) };
    Ok(())
}

fn ok(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn read_only(root: &CString, sys: &CString, dir: &CString) -> io::Result<()> {
    let none = std::ptr::null();
    let mount = |from: *const i8, to: &CString, flags| {
        // SAFETY: strings that outlive the call.
        ok(unsafe { libc::mount(from, to.as_ptr(), none, flags, none.cast()) })
    };
    let again = libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY;
    // SAFETY: a plain system call.
    ok(unsafe { libc::unshare(libc::CLONE_NEWNS) })?;
    mount(none, root, libc::MS_REC | libc::MS_PRIVATE)?;
    mount(dir.as_ptr(), dir, libc::MS_BIND)?;
    mount(sys.as_ptr(), sys, libc::MS_BIND)?;
    mount(none, sys, again)?;
    mount(none, root, again)?;
    // The working directory was entered through the mount that is read-only now.
    // SAFETY: a string that outlives the call.
    ok(unsafe { libc::chdir(dir.as_ptr()) })
}

fn become_nobody() -> io::Result<()> {
    const LAST_CAPABILITY: libc::c_ulong = 63;
    // SAFETY: plain system calls. Capabilities that the kernel does not know cannot be dropped.
    unsafe {
        for capability in 0..=LAST_CAPABILITY {
            libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0);
        }
        ok(libc::setgroups(0, std::ptr::null()))?;
        ok(libc::setresgid(USER, USER, USER))?;
        ok(libc::setresuid(USER, USER, USER))
    }
}

fn confine_self(filter: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: the program outlives the call.
    unsafe {
        ok(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        ok(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program))
    }
}
