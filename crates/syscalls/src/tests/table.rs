extern crate std;

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use crate::model::{Answer, Class, Kind, Len, Variants, Way};
use crate::table::{END, all};
use crate::variants::{ALL, Ioc};
use crate::{Blocking, blocking, class, lookup};

use super::memory::call;

/// Against the C header: nothing is missing, nothing has another's number, nothing is made up.
#[test]
fn the_table_is_the_header() {
    let header: BTreeMap<u32, &str> = include_str!("unistd_64.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(nr, name)| (nr.parse().unwrap(), name))
        .collect();
    let table: BTreeMap<u32, &str> = all().map(|row| (row.nr, row.name)).collect();
    assert_eq!(table, header);
}

#[test]
fn rows_are_found_by_their_number() {
    for row in all() {
        assert_eq!(lookup(row.nr).unwrap().name, row.name);
    }
    for nr in [337, 423, END as u32, 512, 0x4000_0000, u32::MAX] {
        assert!(lookup(nr).is_none(), "{nr}");
    }
}

#[test]
fn names_are_used_once() {
    let mut names: Vec<&str> = all().map(|row| row.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

fn index_of(len: Len) -> Option<u8> {
    match len {
        Len::Fixed(_) => None,
        Len::Arg(i)
        | Len::ArgTimes(i, _)
        | Len::Result(i)
        | Len::ResultTimes(i, _)
        | Len::ResultPlus(i, _)
        | Len::ValueResult(i)
        | Len::Header(i)
        | Len::FdSet(i)
        | Len::NodeMask(i)
        | Len::Pages(i) => Some(i),
    }
}

/// A length refers to an argument that is a number, or to a pointer to one.
#[test]
fn lengths_refer_to_numbers() {
    let rows = all().map(|row| (row.name, row.args));
    let variants = ALL.iter().flat_map(|table| table.rows).map(|row| (row.name, row.args));
    for (name, args) in rows.chain(variants) {
        assert!(args.len() <= 6, "{name}");
        for arg in args {
            let index = match arg.kind {
                Kind::InBuf(len)
                | Kind::OutBuf(len)
                | Kind::InOutBuf(len)
                | Kind::OutWhen(_, len) => index_of(len),
                Kind::IovecIn(i) | Kind::IovecOut(i) | Kind::MmsgHdrIn(i) | Kind::MmsgHdrOut(i) => {
                    Some(i)
                }
                _ => None,
            };
            let Some(index) = index else { continue };
            let kind = args[usize::from(index)].kind;
            let pointer = matches!(kind, Kind::ValueResultLen | Kind::OutWhen(..));
            let number = matches!(kind, Kind::Int | Kind::Uint | Kind::Size | Kind::Long);
            assert!(number || pointer, "{name}: {} by {kind:?}", arg.name);
        }
    }
}

/// The search depends on it.
#[test]
fn variants_are_in_order() {
    for table in ALL {
        assert!(table.rows.is_sorted_by(|a, b| a.value < b.value));
    }
}

/// Every call that has variants names the argument that chooses, and the table chooses by it.
#[test]
fn the_choosing_argument_is_there() {
    for row in all() {
        let Some(Variants { arg, rows, .. }) = row.variants else { continue };
        assert!(usize::from(*arg) < row.args.len(), "{}", row.name);
        assert!(!rows.is_empty());
    }
}

/// Rows of `ioctl` that differ from what their number says differ for a reason.
#[test]
fn ioctl_rows_agree_with_their_encoding() {
    // The number was declared with a wrong direction or type once, and stays as it is.
    const MISNOMERS: &[&str] = &[
        "FS_IOC_GETFLAGS",
        "FS_IOC_GETVERSION",
        "FS_IOC_SET_ENCRYPTION_POLICY",
        "FS_IOC_GET_ENCRYPTION_POLICY",
        "FS_IOC_GET_ENCRYPTION_PWSALT",
        "FUSE_DEV_IOC_CLONE",
        "BLKBSZGET",
        "TUNSETIFF",
        "TUNGETIFF",
        "TUNSETSTEERINGEBPF",
        "TUNSETFILTEREBPF",
        "FIFREEZE",
        "FITHAW",
        "EVIOCSFF",
        "WDIOC_KEEPALIVE",
    ];
    let mut wrong = Vec::new();
    for row in crate::variants::IOCTL.rows {
        let encoded = Ioc::of(row.value as u32);
        let written = match row.args[2].kind {
            Kind::OutBuf(Len::Fixed(size)) | Kind::InOutBuf(Len::Fixed(size)) => Some(size),
            Kind::InBuf(_) | Kind::Int | Kind::Fd | Kind::Hex => None,
            _ => continue,
        };
        let mut says = (encoded.reads && encoded.size != 0).then_some(encoded.size);
        if !encoded.reads && !encoded.writes {
            says = written;
        }
        if (written != says) != MISNOMERS.contains(&row.name) {
            wrong.push((row.name, written, says));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn classes_follow_the_command() {
    let class = |nr, args: &[u64]| class(&call(nr, args));
    assert_eq!(class(1, &[]), Class::Special(Way::Transfer));
    assert_eq!(class(9, &[]), Class::Emulated(Answer::Mmap));
    assert_eq!(class(72, &[3, 3]), Class::Plain);
    assert_eq!(class(157, &[15]), Class::Plain);
    assert_eq!(class(157, &[26]), Class::Emulated(Answer::Tsc));
    assert_eq!(class(157, &[59]), Class::Special(Way::Seccomp));
    assert_eq!(class(158, &[0x5001]), Class::Special(Way::ShadowStack));
    assert_eq!(class(425, &[]), Class::Refused(38));
    assert_eq!(class(16, &[0, 0xaa00]), Class::Refused(38));
    assert_eq!(class(9999, &[]), Class::Plain);
}

/// All commands of these go one way, unknown ones too.
#[test]
fn some_calls_are_special_whatever_the_command() {
    for (nr, way) in [(101, Way::Ptrace), (202, Way::Futex)] {
        let row = lookup(nr).unwrap();
        assert_eq!(row.class, Class::Special(way));
        for variant in row.variants.unwrap().rows {
            assert_eq!(variant.class, row.class, "{}", variant.name);
        }
    }
}

#[test]
fn flags_and_timeouts_keep_calls_from_blocking() {
    let blocking = |nr, args: &[u64]| blocking(&call(nr, args));
    assert_eq!(blocking(7, &[0, 1, 0]), Blocking::Never);
    assert_eq!(blocking(7, &[0, 1, 0xffff_ffff]), Blocking::May);
    assert_eq!(blocking(45, &[3, 0, 0, 0x40]), Blocking::Never);
    assert_eq!(blocking(45, &[3, 0, 0, 0]), Blocking::May);
    assert_eq!(blocking(202, &[0, 0x80]), Blocking::May);
    assert_eq!(blocking(202, &[0, 0x81]), Blocking::Never);
    assert_eq!(blocking(72, &[3, 7]), Blocking::May);
    assert_eq!(blocking(72, &[3, 6]), Blocking::Never);
    assert_eq!(blocking(9999, &[]), Blocking::May);
}

#[test]
fn strings_of_a_call() {
    let strings = |nr: u32| lookup(nr).unwrap().in_strings().collect::<Vec<_>>();
    assert_eq!(strings(257), [1]);
    assert_eq!(strings(59), [0, 1, 2]);
    assert_eq!(strings(165), [0, 1, 2]);
    assert!(strings(0).is_empty());
    let names: Vec<String> = all().map(|row| row.name.into()).collect();
    assert!(names.len() > 380);
}
