//! Which frames belong to the machinery of abort, assertions, panics, exceptions and waiting: nobody looks
//! for the fault there.

use crate::model::Frame;

/// Libraries, by how their names begin.
const LIBRARIES: [&str; 17] = [
    "ld-linux",
    "ld-musl",
    "libasan",
    "libatomic",
    "libc++",
    "libc.so",
    "libc.musl",
    "libc-",
    "libgcc_s",
    "liblsan",
    "libm.so",
    "libpthread",
    "librt",
    "libstdc++",
    "libtsan",
    "libubsan",
    "linux-vdso",
];

/// Functions, by how their names begin, for programs that contain those libraries.
const FUNCTIONS: [&str; 26] = [
    "<alloc::",
    "<core::",
    "<std::",
    "__GI_",
    "__assert",
    "__cxa_",
    "__cxxabiv1::",
    "__fortify_fail",
    "__gnu_cxx::",
    "__libc_",
    "__pthread_",
    "__restore_rt",
    "__rust_",
    "__stack_chk_fail",
    "abort",
    "alloc::",
    "core::",
    "operator new",
    "panic_",
    "pthread_",
    "raise",
    "rust_begin_unwind",
    "rust_panic",
    "std::",
    "syscall",
    "_exit",
];

/// Where the sources of Rust's own libraries were when they were compiled.
const RUST_LIBRARY: &str = "/library/";

/// Marks the first frame that is the program's own.
pub fn mark(frames: &mut [Frame]) {
    if let Some(frame) = frames.iter_mut().find(|frame| is_own(frame)) {
        frame.relevant = true;
    }
}

fn is_own(frame: &Frame) -> bool {
    let Some(module) = &frame.module else { return false };
    let name = module.rsplit('/').next().unwrap_or(module);
    let begins = |text: &str, known: &[&str]| known.iter().any(|prefix| text.starts_with(prefix));
    if begins(name, &LIBRARIES) {
        return false;
    }
    let rust = frame
        .file
        .as_ref()
        .is_some_and(|file| file.starts_with("/rustc/") && file.contains(RUST_LIBRARY));
    let known = frame.function.as_ref().is_some_and(|function| begins(function, &FUNCTIONS));
    // A program may well have a function `abort_transfer` of its own, but then with a source of its own.
    let known = known && (frame.file.is_none() || rust || is_qualified(frame));
    !rust && !known
}

/// Whether the name says which library it is from.
fn is_qualified(frame: &Frame) -> bool {
    frame.function.as_ref().is_some_and(|function| {
        ["std::", "core::", "alloc::", "<std::", "<core::", "<alloc::", "__gnu_cxx::"]
            .iter()
            .any(|p| function.starts_with(p))
    })
}

/// A Rust name without the hash that makes it unique.
pub fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            rest
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(module: &str, function: &str, file: Option<&str>) -> Frame {
        let text = |s: &str| Some(s.to_owned());
        Frame {
            module: text(module),
            function: text(function),
            file: file.and_then(text),
            ..Frame::default()
        }
    }

    #[test]
    fn the_fault_is_outside_the_machinery() {
        let all = [
            (frame("/usr/lib/libc.so.6", "abort", None), false),
            (frame("/usr/lib/libstdc++.so.6.0.33", "std::terminate()", None), false),
            (frame("/home/me/prog", "abort", None), false),
            (frame("/home/me/prog", "abort_transfer", Some("/home/me/prog.c")), true),
            (
                frame("/home/me/prog", "std::thread::sleep", Some("/usr/include/c++/13/thread")),
                false,
            ),
            (
                frame(
                    "/home/me/prog",
                    "core::panicking::panic",
                    Some("/rustc/abc/library/core/src/panicking.rs"),
                ),
                false,
            ),
            (frame("/home/me/prog", "prog::main", Some("src/main.rs")), true),
            (frame("/home/me/prog", "main", None), true),
        ];
        for (frame, own) in all {
            assert_eq!(is_own(&frame), own, "{frame:?}");
        }
    }

    #[test]
    fn hashes_go() {
        assert_eq!(without_hash("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(without_hash("a::hello"), "a::hello");
    }
}
