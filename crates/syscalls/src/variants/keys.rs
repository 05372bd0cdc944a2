//! `keyctl(2)`. `linux/keyctl.h`.

use super::by;
use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::Nested::KeyOut;
use crate::model::{Fallback, Variants, variants};

pub static KEYCTL: Variants = by(0, ROWS, Fallback::Unknown);

#[rustfmt::skip]
variants! {
    ROWS;
    0 KEYCTL_GET_KEYRING_ID Plain Never (operation: Command, id: Int, create: Int);
    1 KEYCTL_JOIN_SESSION_KEYRING Plain Never (operation: Command, name: Str);
    2 KEYCTL_UPDATE Plain Never (operation: Command, key: Int, payload: InBuf(Arg(3)), plen: Size);
    3 KEYCTL_REVOKE Plain Never (operation: Command, key: Int);
    4 KEYCTL_CHOWN Plain Never (operation: Command, key: Int, uid: Int, gid: Int);
    5 KEYCTL_SETPERM Plain Never (operation: Command, key: Int, perm: Hex);
    6 KEYCTL_DESCRIBE Plain Never (operation: Command, key: Int, buffer: OutBuf(Result(3)), buflen: Size);
    7 KEYCTL_CLEAR Plain Never (operation: Command, keyring: Int);
    8 KEYCTL_LINK Plain Never (operation: Command, key: Int, keyring: Int);
    9 KEYCTL_UNLINK Plain Never (operation: Command, key: Int, keyring: Int);
    10 KEYCTL_SEARCH Plain Never (operation: Command, keyring: Int, type: Str, description: Str, destination: Int);
    11 KEYCTL_READ Plain May (operation: Command, key: Int, buffer: OutBuf(Result(3)), buflen: Size);
    12 KEYCTL_INSTANTIATE Plain Never (operation: Command, key: Int, payload: InBuf(Arg(3)), plen: Size, keyring: Int);
    13 KEYCTL_NEGATE Plain Never (operation: Command, key: Int, timeout: Uint, keyring: Int);
    14 KEYCTL_SET_REQKEY_KEYRING Plain Never (operation: Command, default: Int);
    15 KEYCTL_SET_TIMEOUT Plain Never (operation: Command, key: Int, timeout: Uint);
    16 KEYCTL_ASSUME_AUTHORITY Plain Never (operation: Command, key: Int);
    17 KEYCTL_GET_SECURITY Plain Never (operation: Command, key: Int, buffer: OutBuf(Result(3)), buflen: Size);
    18 KEYCTL_SESSION_TO_PARENT Plain Never (operation: Command);
    19 KEYCTL_REJECT Plain Never (operation: Command, key: Int, timeout: Uint, error: Int, keyring: Int);
    20 KEYCTL_INSTANTIATE_IOV Plain Never (operation: Command, key: Int, iov: IovecIn(3), count: Uint, keyring: Int);
    21 KEYCTL_INVALIDATE Plain Never (operation: Command, key: Int);
    22 KEYCTL_GET_PERSISTENT Plain Never (operation: Command, uid: Int, keyring: Int);
    23 KEYCTL_DH_COMPUTE Plain Never (operation: Command, params: InBuf(Fixed(12)), buffer: OutBuf(Result(3)), buflen: Size, kdf: Ptr);
    24 KEYCTL_PKEY_QUERY Plain Never (operation: Command, key: Int, reserved: Hex, info: Str, result: OutBuf(Fixed(56)));
    25 KEYCTL_PKEY_ENCRYPT Plain Never (operation: Command, params: Nested(KeyOut), info: Str, in: Ptr, out: Ptr);
    26 KEYCTL_PKEY_DECRYPT Plain Never (operation: Command, params: Nested(KeyOut), info: Str, in: Ptr, out: Ptr);
    27 KEYCTL_PKEY_SIGN Plain Never (operation: Command, params: Nested(KeyOut), info: Str, in: Ptr, out: Ptr);
    28 KEYCTL_PKEY_VERIFY Plain Never (operation: Command, params: InBuf(Fixed(40)), info: Str, in: Ptr, in2: Ptr);
    29 KEYCTL_RESTRICT_KEYRING Plain Never (operation: Command, keyring: Int, type: Str, restriction: Str);
    30 KEYCTL_MOVE Plain Never (operation: Command, key: Int, from: Int, to: Int, flags: Hex);
    31 KEYCTL_CAPABILITIES Plain Never (operation: Command, buffer: OutBuf(Arg(2)), buflen: Size);
    32 KEYCTL_WATCH_KEY Plain Never (operation: Command, key: Int, queue: Fd, watch_id: Int);
}
