//! The machine: its names, clocks' keepers, modules, security, and the calls that are no more.
//! `linux/sysinfo.h`, `linux/perf_event.h`, `linux/bpf.h`, `linux/landlock.h`, `linux/lsm.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    SYSTEM;
    63 uname Plain Never (buf: OutBuf(Fixed(390)));
    99 sysinfo Plain Never (info: OutBuf(Fixed(112)));
    103 syslog Plain May (type: Command, buf: Opaque, len: Int) by SYSLOG;
    134 uselib Refused(38) Never (library: Path);
    153 vhangup Plain Never ();
    156 _sysctl Refused(38) Never ();
    163 acct Plain Never (filename: Path);
    167 swapon Plain May (path: Path, swapflags: Hex);
    168 swapoff Plain May (path: Path);
    169 reboot Plain May (magic: Hex, magic2: Hex, op: Hex, arg: Ptr);
    170 sethostname Plain Never (name: InBuf(Arg(1)), len: Size);
    171 setdomainname Plain Never (name: InBuf(Arg(1)), len: Size);
    172 iopl Special(Ports) Never (level: Int);
    173 ioperm Special(Ports) Never (from: Hex, num: Size, turn_on: Int);
    174 create_module Refused(38) Never ();
    175 init_module Plain May (module_image: Ptr, len: Size, param_values: Str);
    176 delete_module Plain May (name: Str, flags: Flags(&OPEN));
    177 get_kernel_syms Refused(38) Never ();
    178 query_module Refused(38) Never ();
    180 nfsservctl Refused(38) Never ();
    181 getpmsg Refused(38) Never ();
    182 putpmsg Refused(38) Never ();
    183 afs_syscall Refused(38) Never ();
    184 tuxcall Refused(38) Never ();
    185 security Refused(38) Never ();
    212 lookup_dcookie Refused(38) Never ();
    236 vserver Refused(38) Never ();
    246 kexec_load Plain May (entry: Hex, nr_segments: Size, segments: Ptr, flags: Hex);
    298 perf_event_open Plain Never (attr: OutWhen(When::Errno(7), Fixed(8)), pid: Pid, cpu: Int, group_fd: Fd, flags: Hex) -> Fd;
    313 finit_module Plain May (fd: Fd, param_values: Str, flags: Hex);
    318 getrandom Plain May (buf: OutBuf(Result(1)), buflen: Size, flags: Flags(&GETRANDOM));
    320 kexec_file_load Plain May (kernel_fd: Fd, initrd_fd: Fd, cmdline_len: Size, cmdline: Str, flags: Hex);
    321 bpf Plain May (cmd: Command, attr: Opaque, size: Uint) by BPF;
    444 landlock_create_ruleset Plain Never (attr: InBuf(Arg(1)), size: Size, flags: Hex) -> Fd;
    445 landlock_add_rule Plain Never (ruleset_fd: Fd, rule_type: Int, rule_attr: Ptr, flags: Hex);
    446 landlock_restrict_self Plain Never (ruleset_fd: Fd, flags: Hex);
    459 lsm_get_self_attr Plain Never (attr: Uint, ctx: OutBuf(ValueResult(2)), size: OutWhen(When::Always, Fixed(4)), flags: Hex);
    460 lsm_set_self_attr Plain Never (attr: Uint, ctx: InBuf(Arg(2)), size: Uint, flags: Hex);
    461 lsm_list_modules Plain Never (ids: OutBuf(ValueResult(1)), size: OutWhen(When::SuccessOr(7), Fixed(4)), flags: Hex);
}
