extern crate std;

use std::vec;
use std::vec::Vec;

use super::memory::{Memory, Ranges, call, run};
use crate::table::all;
use crate::variants::ALL;
use crate::{Coverage, outputs, plan, reach};

const BUF: u64 = 0x10000;
const MORE: u64 = 0x20000;

fn memory() -> Memory {
    Memory::default().map(BUF, 0x4000).map(MORE, 0x4000)
}

/// What a call wrote that leaves memory as it is.
fn simple(nr: u32, args: &[u64], result: i64) -> Ranges {
    let (coverage, ranges) = run(&mut memory(), &call(nr, args), result, |_| ());
    assert_eq!(coverage, Coverage::Exact);
    ranges
}

#[test]
fn reads_write_what_they_return() {
    assert_eq!(simple(0, &[3, BUF, 4096], 120), [(BUF, 120)]);
    assert_eq!(simple(0, &[3, BUF, 4096], 0), []);
    assert_eq!(simple(0, &[3, BUF, 4096], -11), []);
    assert_eq!(simple(1, &[3, BUF, 4096], 120), []);
    assert_eq!(simple(17, &[3, BUF, 10, 0], 10), [(BUF, 10)]);
    assert_eq!(simple(217, &[3, BUF, 4096], 48), [(BUF, 48)]);
    assert_eq!(simple(79, &[BUF, 4096], 7), [(BUF, 7)]);
    assert_eq!(simple(318, &[BUF, 16, 0], 16), [(BUF, 16)]);
}

#[test]
fn no_result_moves_more_than_was_foreseen() {
    // io_getevents: a count and a result that no kernel would take or give.
    let (memory, call) = (memory(), call(208, &[1, 1, u64::MAX / 2, BUF]));
    let before = plan(&call, &memory);
    let told = |result: Option<i64>| {
        let mut ranges = Vec::new();
        let sink = &mut |addr, len| ranges.push((addr, len));
        match result {
            Some(result) => outputs(&before, result, &memory, sink),
            None => reach(&before, &memory, sink),
        };
        ranges
    };
    assert_eq!(told(Some(i64::MAX)), told(None));
}

#[test]
fn truncated_datagrams_are_longer_than_their_buffer() {
    assert_eq!(simple(45, &[3, BUF, 10, 0x20], 1500), [(BUF, 10)]);
}

#[test]
fn structures_are_as_long_as_the_kernels() {
    for (nr, args, at) in [
        (5, &[3, BUF][..], (BUF, 144)),
        (138, &[3, BUF], (BUF, 120)),
        (63, &[BUF], (BUF, 390)),
        (99, &[BUF], (BUF, 112)),
        (98, &[0, BUF], (BUF, 144)),
        (100, &[BUF], (BUF, 32)),
        (228, &[1, BUF], (BUF, 16)),
        (302, &[0, 7, 0, BUF], (BUF, 16)),
        (332, &[0, MORE, 0, 0, BUF], (BUF, 256)),
        (222, &[1, 0, BUF], (BUF, 4)),
        (159, &[BUF], (BUF, 208)),
        (451, &[3, MORE, BUF], (BUF, 40)),
    ] {
        assert_eq!(simple(nr, args, 0), [at], "{nr}");
    }
}

#[test]
fn asking_for_a_length_writes_nothing() {
    assert_eq!(simple(191, &[MORE, MORE, BUF, 0], 24), []);
    assert_eq!(simple(115, &[0, BUF], 5), []);
    assert_eq!(simple(115, &[8, BUF], 5), [(BUF, 20)]);
}

#[test]
fn a_vector_takes_the_result_in_order() {
    let mut memory = memory();
    memory.put_u64s(BUF, &[MORE, 10, MORE + 100, 20, MORE + 200, 30]);
    let (coverage, ranges) = run(&mut memory, &call(19, &[3, BUF, 3]), 25, |_| ());
    assert_eq!((coverage, ranges), (Coverage::Exact, vec![(MORE, 10), (MORE + 100, 15)]));
}

#[test]
fn a_vector_is_taken_as_it_was_before() {
    let mut memory = memory();
    memory.put_u64s(BUF, &[BUF, 16]);
    let overwrite = |memory: &mut Memory| memory.put_u64s(BUF, &[7, 7]);
    let (_, ranges) = run(&mut memory, &call(19, &[3, BUF, 1]), 16, overwrite);
    assert_eq!(ranges, [(BUF, 16)]);
}

#[test]
fn long_vectors_are_read_again_and_too_long_ones_not() {
    let mut memory = Memory::default().map(BUF, 0x8000).map(MORE, 0x4000);
    let vectors: Vec<u64> = (0..1024).flat_map(|i| [MORE + i, 1]).collect();
    memory.put_u64s(BUF, &vectors);
    let (_, ranges) = run(&mut memory, &call(19, &[3, BUF, 1024]), 1024, |_| ());
    assert_eq!(ranges.len(), 1024);
    assert_eq!(ranges[1023], (MORE + 1023, 1));
    let (_, ranges) = run(&mut memory, &call(19, &[3, BUF, 1025]), 1024, |_| ());
    assert_eq!(ranges, []);
}

#[test]
fn a_message_writes_name_control_and_header() {
    let mut memory = memory();
    // name, namelen, iov, iovlen, control, controllen
    memory.put_u64s(BUF, &[MORE, 28, BUF + 0x100, 1, MORE + 0x200, 64, 0]);
    memory.put_u64s(BUF + 0x100, &[MORE + 0x100, 200]);
    let kernel = |memory: &mut Memory| {
        memory.put_u32(BUF + 8, 110);
        memory.put_u64s(BUF + 40, &[24]);
    };
    let (coverage, mut ranges) = run(&mut memory, &call(47, &[3, BUF, 0]), 50, kernel);
    assert_eq!(coverage, Coverage::Exact);
    ranges.sort_unstable();
    assert_eq!(
        ranges,
        [
            (BUF + 8, 4),
            (BUF + 40, 8),
            (BUF + 48, 4),
            (MORE, 28),
            (MORE + 0x100, 50),
            (MORE + 0x200, 24)
        ]
    );
}

#[test]
fn messages_that_arrived_are_written() {
    let mut memory = memory();
    for i in 0..3 {
        let at = BUF + i * 64;
        memory.put_u64s(at, &[0, 0, BUF + 0x400 + i * 16, 1, 0, 0, 0, 0]);
        memory.put_u64s(BUF + 0x400 + i * 16, &[MORE + i * 0x100, 0x100]);
    }
    let kernel = |memory: &mut Memory| {
        memory.put_u32(BUF + 56, 5);
        memory.put_u32(BUF + 64 + 56, 7);
    };
    let (_, ranges) = run(&mut memory, &call(299, &[3, BUF, 3, 0, 0]), 2, kernel);
    assert!(ranges.contains(&(MORE, 5)) && ranges.contains(&(MORE + 0x100, 7)));
    assert!(ranges.contains(&(BUF + 56, 4)) && ranges.contains(&(BUF + 120, 4)));
    assert!(ranges.iter().all(|(addr, _)| *addr < BUF + 128 || *addr >= MORE));
    assert!(!ranges.iter().any(|(addr, _)| *addr == MORE + 0x200));
}

#[test]
fn value_result_lengths_take_the_smaller() {
    for (before, after, written) in [(128, 16, 16), (8, 16, 8), (0, 16, 0)] {
        let mut memory = memory();
        memory.put_u32(MORE, before);
        let call = call(43, &[3, BUF, MORE]);
        let (_, ranges) = run(&mut memory, &call, 5, |memory| memory.put_u32(MORE, after));
        let expected = [(BUF, written), (MORE, 4)];
        assert_eq!(ranges, expected[usize::from(written == 0)..]);
    }
}

#[test]
fn socket_options() {
    let mut memory = memory();
    memory.put_u32(MORE, 4);
    let (_, ranges) = run(&mut memory, &call(55, &[3, 1, 4, BUF, MORE]), 0, |_| ());
    assert_eq!(ranges, [(BUF, 4), (MORE, 4)]);
    // SO_PEERGROUPS into too little.
    let (_, ranges) = run(&mut memory, &call(55, &[3, 1, 59, BUF, MORE]), -34, |_| ());
    assert_eq!(ranges, [(MORE, 4)]);
    // TCP_ZEROCOPY_RECEIVE maps pages.
    let (coverage, _) = run(&mut memory, &call(55, &[3, 6, 35, BUF, MORE]), 0, |_| ());
    assert_eq!(coverage, Coverage::Unknown);
}

#[test]
fn polls() {
    assert_eq!(simple(7, &[BUF, 3, 1000], 1), [(BUF, 24)]);
    assert_eq!(simple(7, &[BUF, 3, 1000], -4), [(BUF, 24)]);
    assert_eq!(simple(7, &[BUF, 3, 1000], -22), []);
    assert_eq!(simple(271, &[BUF, 1, MORE], -4), [(BUF, 8), (MORE, 16)]);
    assert_eq!(simple(232, &[3, BUF, 64, 0], 2), [(BUF, 24)]);
    let sets = [65, BUF, 0, BUF + 0x100, MORE];
    assert_eq!(simple(23, &sets, 1), [(BUF, 16), (BUF + 0x100, 16), (MORE, 16)]);
    assert_eq!(simple(23, &sets, -4), [(MORE, 16)]);
    // The kernel clips what is above the table of descriptors; so does where memory ends.
    assert_eq!(simple(23, &[0x7fff_ffff, BUF], 0), [(BUF, 0x4000)]);
}

#[test]
fn sleeps_write_the_rest_only_if_interrupted() {
    assert_eq!(simple(35, &[MORE, BUF], 0), []);
    assert_eq!(simple(35, &[MORE, BUF], -4), [(BUF, 16)]);
    assert_eq!(simple(230, &[1, 0, MORE, BUF], -516), [(BUF, 16)]);
}

#[test]
fn waits_write_if_a_child_was_found() {
    assert_eq!(simple(61, &[0, BUF, 1, MORE], 0), []);
    assert_eq!(simple(61, &[0, BUF, 0, MORE], 77), [(BUF, 4), (MORE, 144)]);
    assert_eq!(simple(247, &[0, 0, BUF, 4, MORE], 0), [(BUF, 128), (MORE, 144)]);
}

#[test]
fn clones_write_where_the_memory_is_theirs() {
    const THREAD: u64 = 0x100 | 0x10_0000 | 0x100_0000;
    assert_eq!(simple(56, &[THREAD, 0, BUF, MORE], 12), [(BUF, 4), (MORE, 4)]);
    assert_eq!(simple(56, &[THREAD & !0x100, 0, BUF, MORE], 12), [(BUF, 4)]);
    assert_eq!(simple(56, &[THREAD & !0x100, 0, BUF, MORE], 0), [(MORE, 4)]);
    assert_eq!(simple(56, &[0x11, 0, BUF, MORE], 12), []);
    let mut memory = memory();
    memory.put_u64s(BUF, &[THREAD | 0x1000, MORE, MORE + 8, MORE + 16, 0, 0, 0, 0]);
    let (_, ranges) = run(&mut memory, &call(435, &[BUF, 64]), 12, |_| ());
    assert_eq!(ranges, [(MORE, 4), (MORE + 8, 4), (MORE + 16, 4)]);
}

#[test]
fn futex_operations() {
    assert_eq!(simple(202, &[BUF, 0x80, 1], 0), []);
    assert_eq!(simple(202, &[BUF, 0x85, 1, 1, MORE, 0], 0), [(MORE, 4)]);
    assert_eq!(simple(202, &[BUF, 6], -110), [(BUF, 4)]);
}

#[test]
fn commands() {
    assert_eq!(simple(16, &[0, 0x5401, BUF], 0), [(BUF, 36)]);
    assert_eq!(simple(16, &[0, 0x5401, BUF], -25), []);
    assert_eq!(simple(16, &[0, 0x5413, BUF], 0), [(BUF, 8)]);
    assert_eq!(simple(16, &[0, 0x541b, BUF], 0), [(BUF, 4)]);
    assert_eq!(simple(72, &[3, 5, BUF], 0), [(BUF, 32)]);
    assert_eq!(simple(72, &[3, 0, 100], 100), []);
    assert_eq!(simple(157, &[16, BUF], 0), [(BUF, 16)]);
    assert_eq!(simple(158, &[0x1003, BUF], 0), [(BUF, 8)]);
    assert_eq!(simple(101, &[12, 5, 0, BUF], 0), [(BUF, 216)]);
    assert_eq!(simple(31, &[1, 2, BUF], 0), [(BUF, 112)]);
    assert_eq!(simple(179, &[0x8000_0700, MORE, 0, BUF], 0), [(BUF, 72)]);
    assert_eq!(simple(250, &[6, 1, BUF, 100], 300), [(BUF, 100)]);
}

#[test]
fn requests_without_a_row_tell_by_their_encoding() {
    // EVIOCGBIT(0, 96), as long as the caller makes it.
    assert_eq!(simple(16, &[3, 0x8060_4520, BUF], 8), [(BUF, 96)]);
    assert_eq!(simple(16, &[3, 0x8060_4520, BUF], -13), []);
    let coverage =
        |request, arg, result| run(&mut memory(), &call(16, &[3, request, arg]), result, |_| ()).0;
    assert_eq!(coverage(0x1234, BUF, 0), Coverage::Unknown);
    assert_eq!(coverage(0x1234, BUF, -25), Coverage::Exact);
    assert_eq!(coverage(0x1234, 1, 0), Coverage::Exact);
    // DRM's version points at more.
    assert_eq!(coverage(0xc040_6400, BUF, 0), Coverage::Unknown);
}

#[test]
fn nested_structures() {
    let mut memory = memory();
    // FIEMAP: room for two extents, one mapped.
    memory.put_u32(BUF + 24, 2);
    let fiemap = call(16, &[3, 0xc020_660b, BUF]);
    let (_, ranges) = run(&mut memory, &fiemap, 0, |memory| memory.put_u32(BUF + 20, 1));
    assert_eq!(ranges, [(BUF, 32 + 56)]);
    // A file handle that needs more room.
    let handle = call(303, &[3, MORE, BUF, MORE, 0]);
    let (_, ranges) = run(&mut memory, &handle, -75, |memory| memory.put_u32(BUF, 12));
    assert_eq!(ranges, [(BUF, 8), (MORE, 4)]);
    let (_, ranges) = run(&mut memory, &handle, 0, |_| ());
    assert_eq!(ranges, [(BUF, 20), (MORE, 4)]);
    // SIOCGIFCONF.
    memory.put_u64s(BUF, &[80, MORE]);
    let ifconf = call(16, &[3, 0x8912, BUF]);
    let (_, ranges) = run(&mut memory, &ifconf, 0, |memory| memory.put_u32(BUF, 40));
    assert_eq!(ranges, [(BUF, 16), (MORE, 40)]);
    // PTRACE_GETREGSET.
    memory.put_u64s(BUF, &[MORE, 4096]);
    let regset = call(101, &[0x4204, 5, 2, BUF]);
    let (_, ranges) = run(&mut memory, &regset, 0, |memory| memory.put_u64s(BUF + 8, &[832]));
    assert_eq!(ranges, [(MORE, 832), (BUF + 8, 8)]);
}

#[test]
fn offsets_and_odd_lengths() {
    assert_eq!(simple(40, &[3, 4, BUF, 100], 100), [(BUF, 8)]);
    assert_eq!(simple(275, &[3, BUF, 4, MORE, 100], 100), [(BUF, 8), (MORE, 8)]);
    assert_eq!(simple(27, &[0x7000_0000, 4097, BUF], 0), [(BUF, 2)]);
    assert_eq!(simple(70, &[1, BUF, 100, 0, 0], 10), [(BUF, 18)]);
    assert_eq!(simple(204, &[0, 128, BUF], 8), [(BUF, 8)]);
    assert_eq!(simple(239, &[BUF, MORE, 65], 0), [(BUF, 4), (MORE, 8)]);
    assert_eq!(simple(458, &[MORE, BUF, 16, 0], 3), [(BUF, 24)]);
    let mut memory = memory();
    let statmount = call(457, &[MORE, BUF, 4096, 0]);
    let (_, ranges) = run(&mut memory, &statmount, 0, |memory| memory.put_u32(BUF, 560));
    assert_eq!(ranges, [(BUF, 560)]);
}

#[test]
fn a_fault_may_have_written_the_readable_part() {
    let end = BUF + 0x4000;
    assert_eq!(simple(4, &[MORE, end - 16], -14), [(end - 16, 16)]);
    assert_eq!(simple(0, &[3, end - 16, 4096], -14), [(end - 16, 16)]);
    assert_eq!(simple(0, &[3, 0xdead_0000, 4096], -14), []);
}

#[test]
fn what_is_unknown_is_said_to_be() {
    let coverage = |nr, args: &[u64], result| run(&mut memory(), &call(nr, args), result, |_| ()).0;
    assert_eq!(coverage(9999, &[BUF], 0), Coverage::Unknown);
    assert_eq!(coverage(9999, &[BUF], -38), Coverage::Exact);
    assert_eq!(coverage(321, &[1, BUF, 32], 0), Coverage::Unknown);
    assert_eq!(coverage(66, &[1, 0, 13, BUF], 0), Coverage::Unknown);
    let unknown = plan(&call(321, &[1, BUF, 32]), &memory());
    assert_eq!(reach(&unknown, &memory(), &mut |_, _| ()), Coverage::Unknown);
}

#[test]
fn reach_is_what_outputs_may_say_at_most() {
    let reached = |nr, args: &[u64]| {
        let memory = memory();
        let mut ranges = Vec::new();
        reach(&plan(&call(nr, args), &memory), &memory, &mut |at, len| ranges.push((at, len)));
        ranges
    };
    assert_eq!(reached(0, &[3, BUF, 4096]), [(BUF, 4096)]);
    assert_eq!(reached(61, &[0, BUF, 1, MORE]), [(BUF, 4), (MORE, 144)]);
    assert_eq!(reached(35, &[MORE, BUF]), [(BUF, 16)]);
}

/// Every call and every command, with arguments meant to hurt and memory full of them.
#[test]
fn hostile_arguments_neither_overflow_nor_run_away() {
    const VALUES: [u64; 9] =
        [0, 1, BUF, BUF + 4095, u64::MAX, u64::MAX - 7, 1 << 63, 0x7fff_ffff, (1 << 47) - 4];
    const RESULTS: [i64; 7] = [0, 1, 1024, i64::MAX, -14, -4, -4095];
    let mut full = Memory::default();
    full.put(BUF, &[0xff; 0x2000]);
    let mut shifting = Memory::default();
    shifting.put_u64s(BUF, &[BUF; 0x400]);
    let mut commands: Vec<(u32, usize, u64)> = all().map(|row| (row.nr, 0, 0)).collect();
    for row in all() {
        if let Some(table) = row.variants {
            assert!(ALL.iter().any(|known| core::ptr::eq(*known, table)), "{}", row.name);
            let value = |value: u64| value << table.shift;
            let rows = table.rows.iter();
            commands.extend(rows.map(|v| (row.nr, usize::from(table.arg), value(v.value))));
        }
    }
    for (nr, command_at, command) in commands {
        for (i, &value) in VALUES.iter().enumerate() {
            let mut args = [value; 6];
            args[5] = VALUES[(i + 1) % VALUES.len()];
            args[2] = VALUES[(i * 5 + 2) % VALUES.len()];
            if command != 0 {
                args[command_at] = command;
            }
            let call = call(nr, &args);
            for memory in [&full, &shifting] {
                let plan = plan(&call, memory);
                for result in RESULTS {
                    let mut told = 0;
                    outputs(&plan, result, memory, &mut |addr, len| {
                        assert!(addr != 0 && len != 0 && addr.checked_add(len).is_some());
                        told += 1;
                    });
                    assert!(told <= 6 * 1024, "{nr} {command:#x}: {told} ranges");
                }
            }
        }
    }
}
