//! What a call turns out to be, once its arguments have chosen among its variants.

use crate::model::{
    Arg, Blocking, Call, Class, Fallback, Kind, Ret, Syscall, Variant, Variants, strings_of,
};
use crate::table::lookup;
use crate::variants::Ioc;

/// A call's row, or that of its variant.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub syscall: &'static Syscall,
    pub variant: Option<&'static Variant>,
    pub args: &'static [Arg],
    pub class: Class,
    pub blocking: Blocking,
    pub ret: Ret,
    /// What the encoding of an `ioctl` without a row says: its argument is so many bytes, written.
    pub ioc_output: Option<u32>,
}

impl Shape {
    /// The arguments that are file names or other strings, for the log.
    pub fn in_strings(&self) -> impl Iterator<Item = usize> + use<> {
        strings_of(self.args)
    }

    /// An argument as wide as the kernel takes it; negative numbers are none.
    pub(crate) fn count(&self, call: &Call, index: u8) -> u64 {
        let Some(&raw) = call.args.get(usize::from(index)) else { return 0 };
        match self.args.get(usize::from(index)).map(|arg| arg.kind) {
            Some(Kind::Int) => u64::try_from(raw as i32).unwrap_or(0),
            Some(Kind::Uint) => u64::from(raw as u32),
            _ => raw,
        }
    }
}

/// Which variant of a call this is.
pub(crate) fn select(variants: &'static Variants, call: &Call) -> Option<&'static Variant> {
    let value = call.args[usize::from(variants.arg)] >> variants.shift & variants.mask;
    let scope = variants.scope.map_or(0, |arg| call.args[usize::from(arg)] << 32);
    let found = variants.rows.binary_search_by_key(&(scope | value), |row| row.value);
    found.ok().map(|i| &variants.rows[i])
}

/// The row that is right for a call; `None` if the table does not have the call at all.
pub fn shape(call: &Call) -> Option<Shape> {
    let syscall = lookup(call.nr)?;
    let mut shape = Shape {
        syscall,
        variant: None,
        args: syscall.args,
        class: syscall.class,
        blocking: syscall.blocking,
        ret: syscall.ret,
        ioc_output: None,
    };
    let Some(variants) = syscall.variants else { return Some(shape) };
    shape.variant = select(variants, call);
    if let Some(variant) = shape.variant {
        shape.args = variant.args;
        shape.class = variant.class;
        shape.blocking = variant.blocking;
        shape.ret = variant.ret;
    } else if variants.fallback == Fallback::Ioc {
        shape.ioc_output = Ioc::of(call.args[usize::from(variants.arg)] as u32).output();
    }
    Some(shape)
}

/// How recording and replay treat a call. One the table does not know is plain.
pub fn class(call: &Call) -> Class {
    shape(call).map_or(Class::Plain, |shape| shape.class)
}
