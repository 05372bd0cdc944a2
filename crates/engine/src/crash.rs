//! When the engine itself fails: a report that says where the guest was, then exit code 125.

use crate::state::{ctx, try_engine};
use crate::supervisor;
use crate::sys;
use clew_abi::control;
use core::fmt::Write;

/// Text in a fixed buffer; what does not fit is cut.
pub struct Report {
    buf: [u8; 8192],
    len: usize,
}

impl Report {
    pub const fn new() -> Self {
        Self { buf: [0; 8192], len: 0 }
    }
    pub fn bytes(&self) -> &[u8] {
        &self.buf[..self.len]
    }
    /// As far as it was not cut within a character.
    pub fn text(&self) -> &str {
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Report {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        let n = s.len().min(self.buf.len() - self.len);
        self.buf[self.len..self.len + n].copy_from_slice(&s.as_bytes()[..n]);
        self.len += n;
        Ok(())
    }
}

/// The guest's registers and the last events, for crash and divergence reports.
pub fn describe(report: &mut Report) {
    const NAMES: [&str; 16] = [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15",
    ];
    let Some(engine) = try_engine() else { return };
    let c = ctx();
    let _ = writeln!(report, "  pc {:#x} tick {} rflags {:#x}", c.pc, engine.ticks.now(), c.rflags);
    for (i, row) in NAMES.chunks(4).enumerate() {
        for (j, name) in row.iter().enumerate() {
            let _ = write!(report, "  {name:>3} {:#018x}", c.gpr[4 * i + j]);
        }
        let _ = writeln!(report);
    }
    let site = c.exit_site as usize;
    if let Some(site) = engine.cache.sites.get(site) {
        let block = &engine.cache.blocks[site.block as usize];
        let _ = writeln!(
            report,
            "  left block {} (guest {:#x}, live {}) by {:?} for {:#x}",
            site.block, block.pc, block.live, site.kind, site.pc
        );
    } else {
        let _ = writeln!(report, "  left by {:#x}, target {:#x}", c.exit_site, c.exit_target);
    }
    let _ = writeln!(report, "  {} blocks; last events:", engine.cache.blocks.len());
    for (event, kind, detail, tick) in engine.recent.iter() {
        let _ = writeln!(report, "    {event} kind {kind} detail {detail} tick {tick}");
    }
}

/// Reports a broken invariant and ends the process.
pub fn fail(what: &str) -> ! {
    let mut report = Report::new();
    let _ = writeln!(report, "engine failure: {what}");
    finish(&mut report)
}

/// Ends the process because of something that is not the engine's fault, such as a full disk.
pub fn give_up(why: &str) -> ! {
    if !supervisor::send(control::CRASH, 0, why.as_bytes()) {
        sys::write(2, why.as_bytes());
        sys::write(2, b"\n");
    }
    sys::exit_group(125)
}

pub fn panicked(info: &core::panic::PanicInfo) -> ! {
    let mut report = Report::new();
    let _ = writeln!(report, "engine failure: {info}");
    finish(&mut report)
}

/// Adds the guest's state and ends the process with the report.
pub fn finish(report: &mut Report) -> ! {
    static ONCE: core::sync::atomic::AtomicBool = core::sync::atomic::AtomicBool::new(false);
    if !ONCE.swap(true, core::sync::atomic::Ordering::Relaxed) {
        describe(report);
    }
    if !supervisor::send(control::CRASH, 0, report.bytes()) {
        sys::write(2, report.bytes());
    }
    sys::exit_group(125)
}
