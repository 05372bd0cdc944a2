//! `ioctl(2)`: what each request writes. Rows are in families, one file each; a request without a
//! row tells by its encoding what it writes, if it is one of `_IOC`'s.

mod block;
mod console;
mod device;
mod fs;
mod kernel;
mod net;
mod tty;

use crate::model::{Blocking, Class, Fallback, Ret, Variant, Variants};

/// `number NAME Class Blocking argument`, and `-> Ret` if the result is more than a number.
macro_rules! ioctls {
    ($table:ident; $($value:literal $name:ident $class:ident $(($detail:tt))? $block:ident $kind:ident $(($($inner:tt)*))? $(-> $ret:ident)?;)*) => {
        pub const $table: &[$crate::model::Variant] = &[$($crate::model::Variant {
            value: $value,
            name: stringify!($name),
            args: &[
                $crate::model::Arg { name: "fd", kind: Fd },
                $crate::model::Arg { name: "request", kind: Command },
                $crate::model::Arg { name: "arg", kind: $kind $(($($inner)*))? },
            ],
            class: $crate::model::class!($class $($detail)?),
            blocking: $crate::model::Blocking::$block,
            ret: $crate::model::ret!($($ret)?),
        }),*];
    };
}
use ioctls;

const FAMILIES: [&[Variant]; 7] =
    [tty::TTY, fs::FS, block::BLOCK, net::NET, console::CONSOLE, device::DEVICE, kernel::KERNEL];

const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// All families in one, in order of their numbers; two rows for a number do not compile.
static SORTED: [Variant; COUNT] = {
    const NONE: Variant = Variant {
        value: u64::MAX,
        name: "",
        args: &[],
        class: Class::Plain,
        blocking: Blocking::Never,
        ret: Ret::Int,
    };
    let mut sorted = [NONE; COUNT];
    let (mut filled, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            let new = FAMILIES[family][row];
            let mut place = filled;
            while place > 0 && sorted[place - 1].value >= new.value {
                assert!(sorted[place - 1].value != new.value, "a request has two rows");
                sorted[place] = sorted[place - 1];
                place -= 1;
            }
            sorted[place] = new;
            filled += 1;
            row += 1;
        }
        family += 1;
    }
    sorted
};

pub static IOCTL: Variants = Variants {
    arg: 1,
    scope: None,
    mask: 0xffff_ffff,
    shift: 0,
    rows: &SORTED,
    fallback: Fallback::Ioc,
    extra: None,
};

/// The parts of a request number, `asm-generic/ioctl.h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ioc {
    /// The driver fills the structure in.
    pub reads: bool,
    /// The driver reads the structure.
    pub writes: bool,
    pub size: u32,
    pub family: u8,
    pub number: u8,
}

impl Ioc {
    pub const fn of(request: u32) -> Self {
        Self {
            reads: request >> 31 != 0,
            writes: request >> 30 & 1 != 0,
            size: request >> 16 & 0x3fff,
            family: (request >> 8) as u8,
            number: request as u8,
        }
    }

    /// How many bytes a request without a row writes; `None` if its number does not say.
    ///
    /// Some drivers' structures point at further memory, or end in an array the size does not
    /// count: DRM, KVM, btrfs, usbfs, device mapper, sound, VFIO and iommufd, video, media.
    pub fn output(self) -> Option<u32> {
        const POINTERS: &[u8] = &[b'd', 0xae, 0x94, b'U', 0xfd, b'A', b';', b'V', b'|'];
        let told = self.reads && self.size != 0 && !POINTERS.contains(&self.family);
        told.then_some(self.size)
    }
}
