//! The page as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use clew_syscalls::Class;
use clew_syscalls::table;
use clew_testsuite::calls::Row;

use super::treatment::treatment;

/// What the page says of each call's errors and guests.
pub fn parse(text: &str) -> BTreeMap<u32, Row> {
    text.lines().filter_map(Row::parse).map(|row| (row.nr, row)).collect()
}

pub fn render(rows: &BTreeMap<u32, Row>) -> String {
    let mut page = String::from(HEAD);
    let mut counts = [0; 4];
    let (mut exercised, mut outcomes) = (0, 0);
    let mut table = String::new();
    for call in table::all() {
        let none = Row::default();
        let row = rows.get(&call.nr).unwrap_or(&none);
        counts[match call.class {
            Class::Plain => 0,
            Class::Special(_) => 1,
            Class::Emulated(_) => 2,
            Class::Refused(_) => 3,
        }] += 1;
        exercised += usize::from(!row.guests.is_empty());
        outcomes += row.errors.split_whitespace().count();
        let (nr, name) = (call.nr, call.name);
        let (treatment, errors, guests) = (treatment(call), &row.errors, row.guests.join(" "));
        let _ = writeln!(table, "| {nr} | {name} | {treatment} | {errors} | {guests} |");
    }
    let [plain, special, emulated, refused] = counts;
    let all = counts.iter().sum::<usize>();
    let _ = writeln!(
        page,
        "Of {all} calls {plain} are plain, {special} special, {emulated} made again, {refused} refused. \
         {exercised} are exercised, and fail there in {outcomes} ways.\n"
    );
    page.push_str("| | call | treatment | errors seen | exercised by |\n|---|---|---|---|---|\n");
    page + &table
}

const HEAD: &str = "\
# Every system call

Made by `cargo xtask calls` from the traces of the suite `guests`; do not edit. A test fails when it is no longer what the
engine's table (`crates/syscalls`) says, and the suite `guests` when a guest does not make a call that it is
named for. What the words mean is in [system calls](system-calls.md):

- **exact**: the kernel makes the call, the table knows what it writes, result and bytes are recorded.
- **watched**: the same, but what it writes is found by comparison.
- **special**: while recording, the engine does (or looks at) more than the call, for the reason given; result and
  bytes are recorded.
- **made again**: the engine answers the call, in the same way in a replay.
- **refused**: answered with this error, not made.

Errors are those that some guest is given in a recording; but for calls that are refused, that is what it is given
natively. At most three guests are named, those first that see most of the call.

";
