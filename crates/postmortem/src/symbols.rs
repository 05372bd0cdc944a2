//! Names and lines of addresses.

use std::borrow::Cow;
use std::path::Path;

use addr2line::{Loader, demangle_auto};

use crate::machinery;
use crate::model::Frame;
use crate::modules::Modules;
use crate::source;

/// More functions than this are not inlined into each other.
const MAX_INLINED: usize = 100;

/// See the module's documentation.
pub struct Symbols<'a> {
    modules: &'a Modules,
    /// As they are needed; none if the file cannot be understood.
    loaders: Vec<Option<Option<Loader>>>,
}

impl<'a> Symbols<'a> {
    pub fn new(modules: &'a Modules) -> Self {
        let loaders = modules.all().iter().map(|_| None).collect();
        Self { modules, loaders }
    }

    /// The frames of a pc: functions that are inlined there, then the function itself. `lookup` is an
    /// address within the instruction that is meant: a return address is behind it.
    pub fn frames(&mut self, pc: u64, lookup: u64) -> Vec<Frame> {
        let bare = Frame { pc, ..Frame::default() };
        let Some(number) = self.modules.at(lookup) else { return vec![bare] };
        let Some(module) = self.modules.all().get(number) else { return vec![bare] };
        let bare = Frame { module: Some(module.path.clone()), ..bare };
        let Some(slot) = self.loaders.get_mut(number) else { return vec![bare] };
        let loader = slot.get_or_insert_with(|| Loader::new(&module.stored).ok());
        let Some(loader) = loader else { return vec![bare] };
        let probe = lookup.wrapping_sub(module.bias);
        let mut frames = inlined(loader, probe, &bare);
        if let Some(last) = frames.last_mut()
            && last.function.is_none()
        {
            let symbol = loader.find_symbol(probe);
            last.function =
                symbol.map(|name| demangle_auto(Cow::Borrowed(name), None).into_owned());
        }
        frames
    }
}

fn inlined(loader: &Loader, probe: u64, bare: &Frame) -> Vec<Frame> {
    let mut found = Vec::new();
    if let Ok(mut frames) = loader.find_frames(probe) {
        while let Ok(Some(frame)) = frames.next() {
            let function = frame.function.as_ref().and_then(|name| name.demangle().ok());
            let (file, line) = frame.location.map_or((None, None), |l| (l.file, l.line));
            let line = line.filter(|line| *line > 0);
            found.push(Frame {
                function: function.map(|name| machinery::without_hash(&name).to_owned()),
                source: file.zip(line).and_then(|(file, line)| source::line(Path::new(file), line)),
                file: file.map(str::to_owned),
                line,
                ..bare.clone()
            });
            if found.len() == MAX_INLINED {
                break;
            }
        }
    }
    if found.is_empty() {
        found.push(bare.clone());
    }
    let last = found.len() - 1;
    found[..last].iter_mut().for_each(|frame| frame.inlined = true);
    found
}
