//! In a few words, how a call is treated.

use clew_syscalls::model::Fallback;
use clew_syscalls::{Arg, Class, Kind, Syscall, Variants, Way, errno_name};

pub fn treatment(call: &Syscall) -> String {
    let commands = call.variants.map(|variants| of_commands(call, variants));
    match (of_class(call.class, call.args, commands.is_some()), commands) {
        (own, None) => match call.class {
            Class::Refused(_) => format!("{own}: {}", why_refused(call.name)),
            _ => own,
        },
        (_, Some(commands)) if matches!(call.class, Class::Plain) => commands,
        (own, Some(_)) => own,
    }
}

fn of_class(class: Class, args: &[Arg], has_commands: bool) -> String {
    match class {
        Class::Plain
            if !has_commands && args.iter().any(|arg| matches!(arg.kind, Kind::Opaque)) =>
        {
            "watched".into()
        }
        Class::Plain => "exact".into(),
        Class::Emulated(_) => "made again".into(),
        Class::Special(way) => format!("special: {}", why_special(way)),
        Class::Refused(errno) => format!("refused with {}", errno_name(errno).unwrap_or("?")),
    }
}

/// How many commands are treated in which way.
fn of_commands(call: &Syscall, variants: &Variants) -> String {
    let mut counts: Vec<(String, Vec<&str>)> = Vec::new();
    for row in variants.rows {
        let words = of_class(row.class, row.args, false);
        match counts.iter_mut().find(|(known, _)| *known == words) {
            Some((_, names)) => names.push(row.name),
            None => counts.push((words, vec![row.name])),
        }
    }
    counts.sort_by_key(|(words, _)| words != "exact");
    let mut parts: Vec<String> = counts.iter().map(|(words, names)| count(words, names)).collect();
    parts.push(match variants.fallback {
        Fallback::Row => format!("others {}", of_class(call.class, call.args, true)),
        Fallback::Unknown => "others watched".into(),
        Fallback::Ioc => "others by their encoding".into(),
    });
    parts.join("; ")
}

fn count(words: &str, names: &[&str]) -> String {
    match names {
        _ if words == "exact" => format!("{} commands exact", names.len()),
        names if names.len() <= 8 => format!("{}: {words}", names.join(", ")),
        names => format!("{} commands {words}", names.len()),
    }
}

fn why_special(way: Way) -> &'static str {
    match way {
        Way::Clock => "the kernel's vDSO reads the clocks it has",
        Way::Exit => "ends a task of the engine's",
        Way::MakeTask => "makes a task of the engine's, or a process with a stream of its own",
        Way::Exec => "the engine's image is executed, which loads the program",
        Way::Wait => "for threads that are traced",
        Way::Kill => "stops hand back shared pages first",
        Way::Ptrace => "EPERM, but between processes that share memory",
        Way::Futex | Way::Futex2 => {
            "waiters of one memory are the engine's, others wait in the kernel"
        }
        Way::GetRobustList => "the engine keeps the list's address",
        Way::TidAddress => "the engine keeps the address",
        Way::Sigpending | Way::Sigtimedwait => "the engine may hold a signal already",
        Way::ProcPath => "exe, maps, smaps and auxv of recorded processes",
        Way::Getdents => "the engine's descriptors are left out",
        Way::CloseRange => "the engine's descriptors are spared",
        Way::Transfer => "the process's own memory, by /proc/self/mem",
        Way::WriteMemory => "the process's own memory",
        Way::MoveBytes => "output to the standard streams is kept for the replay",
        Way::Shmat => "the mapping is made again by the replay",
        Way::Shmctl => "attachments are counted as the guest made them",
        Way::Personality => "randomisation that the engine switched off is not shown",
        Way::Seccomp => "the engine runs the filters",
        Way::Keys => "EINVAL or ENOSPC: there are none left, since they would bind the engine",
        Way::ShadowStack => "as without them: translated code returns otherwise",
        Way::Tags => "as without them",
        Way::Poll | Way::Select => "the engine's descriptors are not there",
        Way::SendMessage => "the engine's descriptors are not passed on",
        Way::Ports => "EPERM: what ports say cannot be recorded",
        Way::Auxv => "the guest's, not the engine's",
        Way::Limit => "limits of address space, files and descriptors are the engine's",
        Way::GetAffinity | Way::SetAffinity => "threads share the recording's cores",
        Way::Yield => "lets another task run",
    }
}

fn why_refused(name: &str) -> &'static str {
    match name {
        "io_setup" | "io_destroy" | "io_getevents" | "io_submit" | "io_cancel"
        | "io_pgetevents" | "io_uring_setup" | "io_uring_enter" | "io_uring_register" => {
            "the kernel would write memory at a moment of its own"
        }
        "userfaultfd" => "the engine's own accesses would wait for the guest",
        "memfd_secret" => "the engine could not read it",
        "pkey_free" => "there are no keys",
        "rseq" => "as with older kernels: the kernel would write at a moment of its own",
        "remap_file_pages" => "deprecated; the same can be done by mappings",
        "set_thread_area" | "get_thread_area" => "as on x86-64 since ever",
        "uretprobe" | "uprobe" => "for the kernel's own use",
        _ => "the kernel has it no more",
    }
}
