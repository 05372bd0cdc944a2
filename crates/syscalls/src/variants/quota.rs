//! `quotactl(2)` and `quotactl_fd(2)`. `linux/quota.h`, `linux/dqblk_xfs.h`. The command is in the
//! upper 24 bits, the type of quota in the lower 8.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::{Fallback, Variant, Variants};

const fn quota(arg: u8, rows: &'static [Variant]) -> Variants {
    Variants {
        arg,
        scope: None,
        mask: 0xff_ffff,
        shift: 8,
        rows,
        fallback: Fallback::Unknown,
        extra: None,
    }
}

pub static QUOTACTL: Variants = quota(0, ROWS);
pub static QUOTACTL_FD: Variants = quota(1, FD_ROWS);

macro_rules! quotas {
    ($($value:literal $name:ident $kind:expr;)*) => {
        crate::model::variants! { ROWS; $($value $name Plain May (cmd: Command, special: Path, id: Int, addr: $kind);)* }
        crate::model::variants! { FD_ROWS; $($value $name Plain May (fd: Fd, cmd: Command, id: Int, addr: $kind);)* }
    };
}

#[rustfmt::skip]
quotas! {
    0x5801 Q_XQUOTAON Ptr;
    0x5802 Q_XQUOTAOFF Ptr;
    0x5803 Q_XGETQUOTA OutBuf(Fixed(112));
    0x5804 Q_XSETQLIM InBuf(Fixed(112));
    0x5805 Q_XGETQSTAT OutBuf(Fixed(80));
    0x5806 Q_XQUOTARM Ptr;
    0x5807 Q_XQUOTASYNC Ptr;
    0x5808 Q_XGETQSTATV OutBuf(Fixed(160));
    0x5809 Q_XGETNEXTQUOTA OutBuf(Fixed(112));
    0x800001 Q_SYNC Ptr;
    0x800002 Q_QUOTAON Str;
    0x800003 Q_QUOTAOFF Ptr;
    0x800004 Q_GETFMT OutBuf(Fixed(4));
    0x800005 Q_GETINFO OutBuf(Fixed(24));
    0x800006 Q_SETINFO InBuf(Fixed(24));
    0x800007 Q_GETQUOTA OutBuf(Fixed(72));
    0x800008 Q_SETQUOTA InBuf(Fixed(72));
    0x800009 Q_GETNEXTQUOTA OutBuf(Fixed(72));
}
