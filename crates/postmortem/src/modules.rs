//! What is loaded where: from the dynamic linker's list, in the process's memory.

use std::ops::Range;
use std::path::PathBuf;

use clew_gdbserver::files::Files;
use clew_timeline::Timeline;
use object::read::elf::ElfFile64;
use object::{Object, ObjectSection, ObjectSegment};

use crate::memory::Memory;

/// Larger files are not looked into.
const MAX_FILE: u64 = 4 << 30;
/// A damaged list may be a ring.
const MAX_MODULES: usize = 10_000;

// The auxiliary vector's entries, getauxval(3).
const AT_PHDR: u64 = 3;
const AT_PHNUM: u64 = 5;
const AT_BASE: u64 = 7;
const PT_DYNAMIC: u32 = 2;
const PT_INTERP: u32 = 3;
const PT_PHDR: u32 = 6;
const DT_DEBUG: u64 = 21;

/// A program or library.
pub struct Module {
    pub path: String,
    /// What is to be added to the file's addresses.
    pub bias: u64,
    pub range: Range<u64>,
    /// The copy in the trace.
    pub stored: PathBuf,
    sections: Vec<Section>,
}

/// A section that unwinding needs.
struct Section {
    name: Vec<u8>,
    addresses: Range<u64>,
    data: Vec<u8>,
}

/// All of a process's.
pub struct Modules(Vec<Module>);

impl Modules {
    /// What is loaded at the timeline's position, as far as its file is in the trace.
    pub fn loaded(timeline: &mut Timeline, files: &Files) -> Self {
        let program = timeline.program().unwrap_or_default();
        let auxv = timeline.auxv().unwrap_or_default();
        let mut memory = Memory::new(timeline);
        let named = list(&mut memory, &program, &auxv).unwrap_or_default();
        let load = |(path, bias): (String, u64)| Module::load(path, bias, files);
        Self(named.into_iter().filter_map(load).collect())
    }

    pub fn all(&self) -> &[Module] {
        &self.0
    }

    pub fn at(&self, pc: u64) -> Option<usize> {
        self.0.iter().position(|module| module.range.contains(&pc))
    }

    /// For unwinding.
    pub fn unwinder(&self) -> framehop::x86_64::UnwinderX86_64<Vec<u8>> {
        use framehop::Unwinder;
        let mut unwinder = framehop::x86_64::UnwinderX86_64::new();
        for module in &self.0 {
            let info = Sections(module);
            let (range, bias) = (module.range.clone(), module.bias);
            unwinder.add_module(framehop::Module::new(module.path.clone(), range, bias, info));
        }
        unwinder
    }
}

impl Module {
    fn load(path: String, bias: u64, files: &Files) -> Option<Self> {
        const NEEDED: [&str; 6] =
            [".text", ".eh_frame", ".eh_frame_hdr", ".debug_frame", ".got", ".plt"];
        let stored = files.stored(files.find(&path)?)?;
        if std::fs::metadata(&stored).ok()?.len() > MAX_FILE {
            return None;
        }
        let bytes = std::fs::read(&stored).ok()?;
        let elf = ElfFile64::<object::Endianness>::parse(&*bytes).ok()?;
        let start = elf.segments().map(|s| s.address()).min()?;
        let end = elf.segments().map(|s| s.address().saturating_add(s.size())).max()?;
        let range = start.wrapping_add(bias)..end.wrapping_add(bias);
        let sections = NEEDED.iter().filter_map(|name| {
            let section = elf.section_by_name(name)?;
            let addresses = section.address()..section.address().checked_add(section.size())?;
            let data = section.uncompressed_data().ok()?.into_owned();
            Some(Section { name: name.as_bytes().to_vec(), addresses, data })
        });
        let sections = sections.collect();
        Some(Self { path, bias, range, stored, sections })
    }
}

/// A module as the unwinder asks for it.
struct Sections<'a>(&'a Module);

impl Sections<'_> {
    fn find(&self, name: &[u8]) -> Option<&Section> {
        self.0.sections.iter().find(|section| section.name == name)
    }
}

impl framehop::ModuleSectionInfo<Vec<u8>> for Sections<'_> {
    fn base_svma(&self) -> u64 {
        0
    }

    fn section_svma_range(&mut self, name: &[u8]) -> Option<Range<u64>> {
        self.find(name).map(|section| section.addresses.clone())
    }

    fn section_data(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.find(name).map(|section| section.data.clone())
    }
}

/// Paths and biases.
fn list(memory: &mut Memory<'_>, program: &str, auxv: &[u8]) -> Option<Vec<(String, u64)>> {
    let entry = |wanted: u64| {
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        let pairs = auxv.chunks_exact(16).map(|pair| (word(&pair[..8]), word(&pair[8..])));
        pairs.into_iter().find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
    };
    let (table, count) = (entry(AT_PHDR)?, entry(AT_PHNUM)?.min(1000));
    let headers: Vec<(u32, u64)> = (0..count)
        .filter_map(|n| {
            let at = table + n * 56;
            Some((u32::from_le_bytes(memory.read(at)?), memory.word(at + 16)?))
        })
        .collect();
    let address = |kind| headers.iter().find(|(k, _)| *k == kind).map(|(_, address)| *address);
    // Without the header a program is linked where it is.
    let bias = address(PT_PHDR).map_or(0, |linked| table.wrapping_sub(linked));
    let mut found = vec![(program.to_owned(), bias)];
    let map = address(PT_DYNAMIC).and_then(|dynamic| link_map(memory, dynamic.wrapping_add(bias)));
    match map {
        Some(map) => follow(memory, map, &mut found),
        None => {
            let name = address(PT_INTERP).and_then(|at| memory.string(at.wrapping_add(bias)));
            found.extend(name.zip(entry(AT_BASE)));
        }
    }
    Some(found)
}

/// The first entry of the linker's list, of `struct r_debug` in `<link.h>`.
fn link_map(memory: &mut Memory<'_>, dynamic: u64) -> Option<u64> {
    for n in 0..1000 {
        let at = dynamic.checked_add(16 * n)?;
        match memory.word(at)? {
            0 => return None,
            DT_DEBUG => {
                let debug = memory.word(at + 8).filter(|debug| *debug != 0)?;
                return memory.word(debug.checked_add(8)?).filter(|map| *map != 0);
            }
            _ => {}
        }
    }
    None
}

/// The list's entries after the first, which is the program.
fn follow(memory: &mut Memory<'_>, first: u64, found: &mut Vec<(String, u64)>) {
    let mut map = memory.word(first.wrapping_add(24));
    while let Some(at) = map.filter(|at| *at != 0 && found.len() < MAX_MODULES) {
        let name = memory.word(at.wrapping_add(8)).and_then(|name| memory.string(name));
        let bias = memory.word(at);
        found.extend(name.zip(bias).filter(|(name, _)| !name.is_empty()));
        map = memory.word(at.wrapping_add(24));
    }
}
