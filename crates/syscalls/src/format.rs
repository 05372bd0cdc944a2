//! Calls as text, in the way of `strace`.

use core::fmt::{Result, Write};

use crate::model::{Arg, Call, Kind, Ret, Variants};
use crate::names::{Flags, Names, errno_name, errno_text, signal_name};
use crate::shape::{Shape, shape};

/// As much is shown of a buffer's contents; of names, everything.
const SHOWN: usize = 64;
/// `O_CREAT` and the bit of `O_TMPFILE` that is its own.
const CREATES: u64 = 0o100 | 0o20000000;
/// `AT_FDCWD`.
const CURRENT_DIRECTORY: i32 = -100;

/// Writes `name(arguments) = result`.
///
/// `strings` gives what was recorded of the memory argument `i` points at: the name without its
/// NUL, the strings of a vector with a NUL after each, the contents of a buffer.
pub fn write_call<'a>(
    out: &mut impl Write,
    call: &Call,
    result: i64,
    strings: &dyn Fn(usize) -> Option<&'a [u8]>,
) -> Result {
    let Some(shape) = shape(call) else {
        write!(out, "syscall_{:#x}(", call.nr)?;
        for (i, arg) in call.args.iter().enumerate() {
            write!(out, "{}{arg:#x}", if i == 0 { "" } else { ", " })?;
        }
        out.write_str(")")?;
        return write_result(out, Ret::Int, result);
    };
    write!(out, "{}(", shape.syscall.name)?;
    let mut separator = "";
    for (i, arg) in shape.args.iter().enumerate() {
        if hidden(arg, call) {
            continue;
        }
        out.write_str(separator)?;
        separator = ", ";
        write_arg(out, &shape, arg.kind, call, i, strings(i))?;
    }
    out.write_str(")")?;
    write_result(out, shape.ret, result)
}

/// A mode that has no meaning, for lack of anything to create.
fn hidden(arg: &Arg, call: &Call) -> bool {
    matches!(arg.kind, Kind::ModeIfCreated(flags) if call.args[usize::from(flags)] & CREATES == 0)
}

fn write_arg(
    out: &mut impl Write,
    shape: &Shape,
    kind: Kind,
    call: &Call,
    index: usize,
    string: Option<&[u8]>,
) -> Result {
    let value = call.args[index];
    match kind {
        Kind::Int | Kind::Fd | Kind::Pid => write!(out, "{}", value as i32),
        Kind::Long => write!(out, "{}", value as i64),
        Kind::Uint => write!(out, "{}", value as u32),
        Kind::Size => write!(out, "{value}"),
        Kind::Hex => write!(out, "{value:#x}"),
        Kind::Mode | Kind::ModeIfCreated(_) => write!(out, "0{:03o}", value as u32),
        Kind::DirFd if value as i32 == CURRENT_DIRECTORY => out.write_str("AT_FDCWD"),
        Kind::DirFd => write!(out, "{}", value as i32),
        Kind::Signo => match signal_name(value as i32) {
            Some(name) => out.write_str(name),
            None => write!(out, "{}", value as i32),
        },
        Kind::Flags(flags) => write_flags(out, flags, value),
        Kind::Enum(names) => write_name(out, names, value),
        Kind::Command => write_command(out, shape, call, value),
        Kind::Path | Kind::Str => write_pointer(out, value, string, usize::MAX),
        Kind::StrVec => match string {
            Some(strings) => write_vector(out, strings),
            None => write_pointer(out, value, None, 0),
        },
        _ => write_pointer(out, value, string, SHOWN),
    }
}

fn write_pointer(out: &mut impl Write, value: u64, bytes: Option<&[u8]>, shown: usize) -> Result {
    match bytes {
        Some(bytes) => {
            write_bytes(out, &bytes[..bytes.len().min(shown)])?;
            out.write_str(if bytes.len() > shown { "..." } else { "" })
        }
        None if value == 0 => out.write_str("NULL"),
        None => write!(out, "{value:#x}"),
    }
}

fn write_vector(out: &mut impl Write, strings: &[u8]) -> Result {
    out.write_str("[")?;
    let strings = strings.strip_suffix(b"\0").unwrap_or(strings);
    for (i, string) in strings.split(|byte| *byte == 0).enumerate() {
        out.write_str(if i == 0 { "" } else { ", " })?;
        write_bytes(out, string)?;
    }
    out.write_str("]")
}

/// Bytes as a C string. An octal escape is as short as the digit after it allows.
pub fn write_bytes(out: &mut impl Write, bytes: &[u8]) -> Result {
    out.write_str("\"")?;
    for (i, &byte) in bytes.iter().enumerate() {
        let digit_follows = bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            0x0b => out.write_str("\\v")?,
            0x0c => out.write_str("\\f")?,
            b'"' | b'\\' => write!(out, "\\{}", char::from(byte))?,
            0x20..=0x7e => out.write_char(char::from(byte))?,
            _ if digit_follows => write!(out, "\\{byte:03o}")?,
            _ => write!(out, "\\{byte:o}")?,
        }
    }
    out.write_str("\"")
}

fn write_name(out: &mut impl Write, names: &Names, value: u64) -> Result {
    match names.of(u64::from(value as u32)) {
        Some(name) => out.write_str(name),
        None => write!(out, "{}", value as i32),
    }
}

/// Names of the flags that are set; what has none, in hexadecimal.
fn write_flags(out: &mut impl Write, flags: &Flags, value: u64) -> Result {
    // All of them are ints, or fit into one.
    let value = u64::from(value as u32);
    let mut left = value;
    let mut separator = "";
    for (mask, names) in flags.fields {
        if let Some(name) = names.of(value & mask) {
            write!(out, "{separator}{name}")?;
            separator = "|";
            left &= !mask;
        }
    }
    for &(bits, name) in flags.bits {
        if left & bits == bits {
            write!(out, "{separator}{name}")?;
            separator = "|";
            left &= !bits;
        }
    }
    match (left, separator) {
        (0, "") => out.write_str("0"),
        (0, _) => Ok(()),
        _ => write!(out, "{separator}{left:#x}"),
    }
}

/// The argument that chose a variant.
fn write_command(out: &mut impl Write, shape: &Shape, call: &Call, value: u64) -> Result {
    let Some(variants) = shape.syscall.variants else { return write!(out, "{value:#x}") };
    let Some(variant) = shape.variant else { return write!(out, "{:#x}", value as u32) };
    out.write_str(variant.name)?;
    let rest = rest(variants, call);
    match (rest, variants.extra) {
        (0, _) => Ok(()),
        (_, Some(flags)) => {
            out.write_str("|")?;
            write_flags(out, flags, rest)
        }
        (_, None) => write!(out, "|{rest:#x}"),
    }
}

/// The bits of a command that did not choose the variant.
fn rest(variants: &Variants, call: &Call) -> u64 {
    let value = call.args[usize::from(variants.arg)] & 0xffff_ffff;
    value & !(variants.mask << variants.shift)
}

fn write_result(out: &mut impl Write, ret: Ret, result: i64) -> Result {
    if let errno @ -4095..=-1 = result {
        let errno = -errno as i32;
        return match (errno_name(errno), errno_text(errno)) {
            // These never reach a program: the call is made again.
            (Some(name), Some(text)) if (512..=516).contains(&errno) => {
                write!(out, " = ? {name} ({text})")
            }
            (Some(name), Some(text)) => write!(out, " = -1 {name} ({text})"),
            _ => write!(out, " = -1 (errno {errno})"),
        };
    }
    match ret {
        Ret::Int | Ret::Fd => write!(out, " = {result}"),
        Ret::Hex => write!(out, " = {result:#x}"),
        Ret::Octal => write!(out, " = 0{result:03o}"),
        Ret::Never => out.write_str(" = ?"),
    }
}
