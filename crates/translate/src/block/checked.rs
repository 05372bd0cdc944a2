//! Checked blocks: they begin by comparing the guest's bytes with those that were translated, and end
//! after the first instruction that writes memory.

use super::{Builder, Displaced, MAX_LEN, map};
use crate::cache::SiteKind;
use crate::context_addr;
use crate::liveness::CodeSource;
use iced_x86::{
    Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, OpAccess,
};

/// Guest bytes in a checked block at most (more if the first instruction is longer).
const MAX_CHECKED: u64 = 32;

/// Where a checked block at `pc` ends at the latest: after what writes memory or leaves for good.
pub(super) fn checked_end(code: &[u8], pc: u64) -> u64 {
    let mut decoder = Decoder::with_ip(64, code, pc, DecoderOptions::NONE);
    let mut factory = InstructionInfoFactory::new();
    let mut instr = Instruction::default();
    let mut end = pc;
    while decoder.can_decode() {
        decoder.decode_out(&mut instr);
        let first = end == pc;
        if instr.is_invalid() {
            return if first { pc + code.len().min(MAX_LEN) as u64 } else { end };
        }
        if !first && instr.next_ip() > pc + MAX_CHECKED {
            return end;
        }
        end = instr.next_ip();
        let goes_on =
            matches!(instr.flow_control(), FlowControl::Next | FlowControl::ConditionalBranch);
        if !goes_on || writes_memory(&mut factory, &instr) {
            return end;
        }
    }
    end
}

pub(super) fn writes_memory(factory: &mut InstructionInfoFactory, instr: &Instruction) -> bool {
    use OpAccess::{CondRead, NoMemAccess, None, Read};
    let quiet = |access| matches!(access, NoMemAccess | None | Read | CondRead);
    factory.info(instr).used_memory().iter().any(|m| !quiet(m.access()))
}

impl<S: CodeSource> Builder<'_, S> {
    /// Compares the guest's bytes with what they are now; leaves if they have changed. Flags are
    /// not touched, and every access is aligned.
    pub(super) fn check(&mut self, pc: u64, end: u64) {
        let stale = self.site_with(SiteKind::Stale, pc, Displaced::Check).1;
        let mut mark = self.hot.pos();
        self.hot.store(context_addr!(spill_rcx), 1);
        self.hot.store(context_addr!(spill_scratch), 2);
        let mut at = pc;
        while at < end {
            let aligned = |size: &u64| at.is_multiple_of(*size) && at + size <= end;
            let size = [8, 4, 2].into_iter().find(aligned).unwrap_or(1);
            let mut word = [0; 8];
            let code = self.source.code(at);
            word[..size as usize].copy_from_slice(&code[..size as usize]);
            self.hot.load_from(1, size as u8, at);
            self.hot.mov_imm64(2, u64::from_le_bytes(word).wrapping_neg());
            self.hot.add_rdx_to_rcx();
            let same = self.hot.jrcxz_short();
            self.hot.jmp(stale);
            self.hot.patch_short(same);
            self.note_check(mark);
            mark = self.hot.pos();
            at += size;
        }
        self.hot.load(1, context_addr!(spill_rcx));
        self.hot.load(2, context_addr!(spill_scratch));
        self.note_check(mark);
    }

    fn note_check(&mut self, since: u64) {
        let host_len = (self.hot.pos() - since) as u8;
        self.cache.map.extend_from_slice(&[host_len, map::CHECK << 4]);
    }
}
