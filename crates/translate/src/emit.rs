//! Encodes the few instructions the translator adds to the guest's.
//!
//! Encodings: Intel SDM volume 2 / AMD APM volume 3. "abs32" operands are sign-extended absolute
//! addresses (ModRM rm=100, SIB base=101 index=100).

use crate::access::{Operand, Segment};
use crate::context::TICK;
use crate::quick::LOOKAHEAD;

/// How `jmp [rcx*2 + disp32]` begins.
pub const SHADOW_DISPATCH: [u8; 3] = [0xff, 0x24, 0x4d];

/// Writes machine code at a fixed address.
pub struct Emitter {
    at: *mut u8,
    end: *mut u8,
}

impl Emitter {
    /// # Safety
    /// `start..end` is writable memory that nothing else uses while the emitter lives.
    pub unsafe fn new(start: u64, end: u64) -> Self {
        Self { at: start as *mut u8, end: end as *mut u8 }
    }

    /// Address of the next byte.
    #[inline]
    pub fn pos(&self) -> u64 {
        self.at as u64
    }

    /// Bytes left.
    pub fn room(&self) -> usize {
        self.end as usize - self.at as usize
    }

    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        assert!(bytes.len() <= self.room(), "code cache overrun");
        // SAFETY: `new`'s caller vouched for the range and the length was just checked.
        unsafe {
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), self.at, bytes.len());
            self.at = self.at.add(bytes.len());
        }
    }

    /// Copies the `len` bytes that `code`, [`LOOKAHEAD`] bytes at least, begins with.
    #[inline]
    pub fn copy(&mut self, code: &[u8], len: usize) {
        assert!(code.len() >= LOOKAHEAD && LOOKAHEAD <= self.room() && len <= LOOKAHEAD);
        // SAFETY: `new`'s caller vouched for the range and the lengths were just checked. The bytes
        // behind `len` are written over by what comes next.
        unsafe {
            self.at
                .cast::<[u8; LOOKAHEAD]>()
                .write_unaligned(code.as_ptr().cast::<[u8; LOOKAHEAD]>().read_unaligned());
            self.at = self.at.add(len);
        }
    }

    #[inline]
    fn u32(&mut self, v: u32) {
        self.bytes(&v.to_le_bytes());
    }

    /// A 64-bit literal.
    pub fn literal(&mut self, v: u64) {
        self.bytes(&v.to_le_bytes());
    }

    pub fn align(&mut self, to: u64) {
        while self.pos() % to != 0 {
            self.bytes(&[0xcc]);
        }
    }

    /// The displacement that makes an instruction ending `after` bytes past the next four reach
    /// `target`.
    fn rel(&self, target: u64, after: u64) -> u32 {
        let delta = target.wrapping_sub(self.pos() + 4 + after) as i64;
        i32::try_from(delta).expect("displacement out of the cache's reach") as u32
    }

    fn rel32(&mut self, target: u64) {
        let rel = self.rel(target, 0);
        self.u32(rel);
    }

    /// `mov [abs32], reg` (64 bits).
    #[inline]
    pub fn store(&mut self, addr: u32, reg: u8) {
        self.bytes(&[0x48 | (reg >> 3) << 2, 0x89, 0x04 | (reg & 7) << 3, 0x25]);
        self.u32(addr);
    }

    /// `mov reg, [abs32]` (64 bits).
    #[inline]
    pub fn load(&mut self, reg: u8, addr: u32) {
        self.bytes(&[0x48 | (reg >> 3) << 2, 0x8b, 0x04 | (reg & 7) << 3, 0x25]);
        self.u32(addr);
    }

    /// `mov dword [abs32], imm32`.
    pub fn store_imm32(&mut self, addr: u32, imm: u32) {
        self.bytes(&[0xc7, 0x04, 0x25]);
        self.u32(addr);
        self.u32(imm);
    }

    /// `sub qword [abs32], TICK`. As counters are multiples of 256 and stay positive, the status
    /// flags afterwards are the same every time (only PF set), unless the counter reached zero.
    #[inline]
    pub fn count_tick(&mut self, addr: u32) {
        self.bytes(&[0x48, 0x81, 0x2c, 0x25]);
        self.u32(addr);
        self.u32(TICK as u32);
    }

    /// `lea rcx, [rcx - TICK]`.
    pub fn lea_rcx_minus_tick(&mut self) {
        self.bytes(&[0x48, 0x8d, 0x89]);
        self.u32((TICK as u32).wrapping_neg());
    }

    /// `jrcxz` to an address within 127 bytes before the instruction's end.
    pub fn jrcxz(&mut self, target: u64) {
        let delta = target.wrapping_sub(self.pos() + 2) as i64;
        let rel = i8::try_from(delta).expect("jrcxz target out of reach");
        self.bytes(&[0xe3, rel as u8]);
    }

    /// `jcc rel32`; `cc` is the condition's low nibble. Returns the address of the displacement.
    #[inline]
    pub fn jcc(&mut self, cc: u8, target: u64) -> u64 {
        self.bytes(&[0x0f, 0x80 | cc]);
        let at = self.pos();
        self.rel32(target);
        at
    }

    /// `jcc rel8` over code that follows; patch with [`Self::patch_short`].
    pub fn jcc_short(&mut self, cc: u8) -> u64 {
        self.bytes(&[0x70 | cc, 0]);
        self.pos()
    }

    pub fn jmp_short(&mut self) -> u64 {
        self.bytes(&[0xeb, 0]);
        self.pos()
    }

    /// Makes the short jump whose end is `from` land here.
    pub fn patch_short(&mut self, from: u64) {
        let delta = i8::try_from(self.pos() - from).expect("short jump out of reach");
        // SAFETY: `from - 1` is the displacement byte that this emitter wrote.
        unsafe { *((from - 1) as *mut u8) = delta as u8 }
    }

    /// `jrcxz` over code that follows; patch with [`Self::patch_short`].
    pub fn jrcxz_short(&mut self) -> u64 {
        self.bytes(&[0xe3, 0]);
        self.pos()
    }

    /// `jmp rel32`. Returns the address of the displacement.
    #[inline]
    pub fn jmp(&mut self, target: u64) -> u64 {
        self.bytes(&[0xe9]);
        let at = self.pos();
        self.rel32(target);
        at
    }

    /// A jump to anywhere: `jmp [rip+disp32]` with the address behind it, aligned, for the guest may have
    /// alignment checks on.
    pub fn jmp_far(&mut self, target: u64) {
        let pad = (self.pos() + 6).wrapping_neg() % 8;
        self.bytes(&[0xff, 0x25, pad as u8, 0, 0, 0]);
        self.align(8);
        self.literal(target);
    }

    /// `jmp [rcx*2 + disp32]`: the shadow map's dispatch.
    #[inline]
    pub fn jmp_shadow(&mut self, disp: u32) {
        self.bytes(&SHADOW_DISPATCH);
        self.u32(disp);
    }

    /// `movzx dst, src16` for the low eight registers.
    pub fn movzx16(&mut self, dst: u8, src: u8) {
        self.bytes(&[0x0f, 0xb7, 0xc0 | dst << 3 | src]);
    }

    /// `mov dst, [index*8 + disp32]` for the low eight registers.
    pub fn load_indexed(&mut self, dst: u8, index: u8, disp: u32) {
        self.bytes(&[0x48, 0x8b, 0x04 | dst << 3, 0xc5 | index << 3]);
        self.u32(disp);
    }

    /// `lea rcx, [rcx + rdx + 1]`.
    pub fn lea_rcx_sum_and_one(&mut self) {
        self.bytes(&[0x48, 0x8d, 0x4c, 0x11, 0x01]);
    }

    /// `mov rdx, rcx`.
    pub fn mov_rdx_rcx(&mut self) {
        self.bytes(&[0x48, 0x89, 0xca]);
    }

    /// `jmp rcx`.
    pub fn jmp_rcx(&mut self) {
        self.bytes(&[0xff, 0xe1]);
    }

    /// `push qword [rip -> literal]`.
    pub fn push_literal(&mut self, literal: u64) {
        self.bytes(&[0xff, 0x35]);
        self.rel32(literal);
    }

    /// `push imm32` (sign-extended).
    pub fn push_imm32(&mut self, imm: u32) {
        self.bytes(&[0x68]);
        self.u32(imm);
    }

    /// `pop reg` for the low eight registers.
    #[inline]
    pub fn pop(&mut self, reg: u8) {
        self.bytes(&[0x58 | reg]);
    }

    /// `mov rcx, reg` (64 bits).
    pub fn mov_rcx(&mut self, reg: u8) {
        self.bytes(&[0x48 | (reg >> 3) << 2, 0x89, 0xc1 | (reg & 7) << 3]);
    }

    /// `lea rsp, [rsp + imm32]`.
    pub fn lea_rsp(&mut self, imm: u32) {
        self.bytes(&[0x48, 0x8d, 0xa4, 0x24]);
        self.u32(imm);
    }

    /// `mov reg, imm64`.
    pub fn mov_imm64(&mut self, reg: u8, imm: u64) {
        self.bytes(&[0x48 | reg >> 3, 0xb8 | (reg & 7)]);
        self.bytes(&imm.to_le_bytes());
    }

    /// `mov`/`movzx reg, [addr]` of 1, 2, 4 or 8 bytes, zero-extended, for one of the low eight
    /// registers (which may end up holding the address in between).
    pub fn load_from(&mut self, reg: u8, size: u8, addr: u64) {
        let opcode: &[u8] = match size {
            1 => &[0x0f, 0xb6],
            2 => &[0x0f, 0xb7],
            4 => &[0x8b],
            _ => &[0x48, 0x8b],
        };
        let end = self.pos() + opcode.len() as u64 + 5;
        if let Ok(disp) = i32::try_from(addr.wrapping_sub(end) as i64) {
            self.bytes(opcode);
            self.bytes(&[0x05 | reg << 3]);
            self.u32(disp as u32);
        } else {
            self.mov_imm64(reg, addr);
            self.bytes(opcode);
            self.bytes(&[reg << 3 | reg]);
        }
    }

    /// `lea rcx, [rcx + rdx]`.
    pub fn add_rdx_to_rcx(&mut self) {
        self.bytes(&[0x48, 0x8d, 0x0c, 0x11]);
    }

    /// `lea dst, [base + index*scale + disp]`; with `short`, of the low 32 bits. There is a base or an
    /// index, which is not rsp.
    pub fn lea(&mut self, dst: u8, address: &Operand) {
        let Operand { base, index, scale, disp, short, .. } = *address;
        let (b, x) = (base.unwrap_or(5), index.unwrap_or(4));
        let wide = if short { 0 } else { 8 };
        let disp = disp as u32;
        let small = disp as i32 == i32::from(disp as i8);
        // Without a base there are four bytes of displacement.
        let mode = match base {
            None => 0,
            Some(_) if disp == 0 && b & 7 != 5 => 0,
            Some(_) if small => 1,
            Some(_) => 2,
        };
        let rex = 0x40 | wide | (dst >> 3) << 2 | (x >> 3) << 1 | b >> 3;
        let sib = (scale.trailing_zeros() as u8) << 6 | (x & 7) << 3 | b & 7;
        self.bytes(&[rex, 0x8d, mode << 6 | (dst & 7) << 3 | 4, sib]);
        match (base, mode) {
            (Some(_), 0) => {}
            (_, 1) => self.bytes(&[disp as u8]),
            _ => self.u32(disp),
        }
    }

    /// `rorx rcx, src, 3` (BMI2).
    pub fn rorx3_rcx(&mut self, src: u8) {
        self.bytes(&[0xc4, 0xc3 | (!src >> 3 & 1) << 5, 0xfb, 0xf0, 0xc8 | src & 7, 3]);
    }

    /// `movzx ecx, byte [rcx + disp32]`.
    pub fn load_byte_at_rcx(&mut self, disp: u32) {
        self.bytes(&[0x0f, 0xb6, 0x89]);
        self.u32(disp);
    }

    /// `movzx ecx, byte [abs32]`.
    pub fn load_byte(&mut self, addr: u32) {
        self.bytes(&[0x0f, 0xb6, 0x0c, 0x25]);
        self.u32(addr);
    }

    /// `rdfsbase rcx` or `rdgsbase rcx`.
    pub fn segment_base_to_rcx(&mut self, segment: Segment) {
        let modrm = if segment == Segment::Fs { 0xc1 } else { 0xc9 };
        self.bytes(&[0xf3, 0x48, 0x0f, 0xae, modrm]);
    }

    /// `mov rcx, [rsp]`.
    pub fn load_rcx_from_stack(&mut self) {
        self.bytes(&[0x48, 0x8b, 0x0c, 0x24]);
    }

    /// `movzx ecx, word [rsp]`.
    pub fn load_cx_from_stack(&mut self) {
        self.bytes(&[0x0f, 0xb7, 0x0c, 0x24]);
    }

    /// Copies an instruction whose RIP-relative displacement lies at `disp_offset`, so that it
    /// still addresses `target`: with a new displacement if that reaches, as an absolute address
    /// if that fits. `Err` when neither does: see [`Self::copy_via`].
    pub fn copy_rip_relative(
        &mut self,
        code: &[u8],
        disp_offset: usize,
        target: u64,
    ) -> Result<(), OutOfReach> {
        let after = (code.len() - disp_offset - 4) as u64;
        let end = self.pos() + code.len() as u64;
        if let Ok(disp) = i32::try_from(target.wrapping_sub(end) as i64) {
            self.bytes(&code[..disp_offset]);
            self.bytes(&disp.to_le_bytes());
            self.bytes(&code[code.len() - after as usize..]);
            return Ok(());
        }
        let disp = i32::try_from(target as i64).map_err(|_| OutOfReach)?;
        let modrm = code[disp_offset - 1];
        self.head_without_extensions(&code[..disp_offset - 1]);
        self.bytes(&[modrm & 0x38 | 0x04, 0x25]);
        self.bytes(&disp.to_le_bytes());
        self.bytes(&code[disp_offset + 4..]);
        Ok(())
    }

    /// Copies such an instruction with `[reg]` in place of `[rip + disp]`; `reg` (rax, rcx, rdx,
    /// rbx, rsi or rdi) holds the address.
    pub fn copy_via(&mut self, code: &[u8], disp_offset: usize, reg: u8) {
        let modrm = code[disp_offset - 1];
        self.head_without_extensions(&code[..disp_offset - 1]);
        self.bytes(&[modrm & 0x38 | reg]);
        self.bytes(&code[disp_offset + 4..]);
    }

    /// The bytes of an instruction up to its ModRM byte, without the bits of a REX, VEX, EVEX or
    /// XOP prefix that extend base and index: a RIP-relative operand ignores them, others do not.
    fn head_without_extensions(&mut self, head: &[u8]) {
        const LEGACY: [u8; 11] = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3];
        let start = self.at;
        self.bytes(head);
        let is_rex = |b: u8| b & 0xf0 == 0x40;
        let Some(n) = head.iter().position(|&b| !LEGACY.contains(&b) && !is_rex(b)) else { return };
        // SAFETY: within the bytes just written.
        let byte = |k: usize| unsafe { &mut *start.add(k) };
        if n > 0 && is_rex(head[n - 1]) {
            *byte(n - 1) &= !3;
        }
        match head[n] {
            // In these the bits are inverted.
            0xc4 | 0x62 => *byte(n + 1) |= 0x60,
            0x8f if head[n + 1..].first().is_some_and(|b| b & 0x1f >= 8) => *byte(n + 1) |= 0x60,
            _ => {}
        }
    }
}

/// An address that neither a RIP-relative nor an absolute displacement reaches.
#[derive(Debug)]
pub struct OutOfReach;
