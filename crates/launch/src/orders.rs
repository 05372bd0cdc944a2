//! The engine's orders.
//!
//! # Safety
//! The only unsafe code looks at structures of `u64`s as bytes.
#![allow(unsafe_code, reason = "structures as bytes")]

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use clew_abi::layout::{PAGE, SHARING};
use clew_abi::orders::{
    MAGIC, ORDERS_LEN, ORDERS_NAME, Orders, SHARED_LEN, SHARING_OFFSET, Shared as SharedPage, Text,
    VERSION,
};
use rustix::fs::ftruncate;

use crate::{Result, Step, memfd};

/// The strings that go with an [`Orders`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Strings<'a> {
    pub program: &'a [u8],
    pub execfn: &'a [u8],
    pub comm: &'a [u8],
}

/// Writes the orders' memfd. `orders` need hold neither magic, version nor texts.
pub fn write(mut orders: Orders, strings: Strings<'_>) -> Result<OwnedFd> {
    let mut bytes = vec![0; ORDERS_LEN];
    let mut add = |text: &[u8]| {
        let offset = bytes.len() as u64;
        bytes.extend_from_slice(text);
        bytes.push(0);
        Text { offset, len: text.len() as u64 }
    };
    orders.magic = MAGIC;
    orders.version = VERSION;
    orders.program = add(strings.program);
    orders.execfn = add(strings.execfn);
    orders.comm = add(&strings.comm[..strings.comm.len().min(15)]);
    // SAFETY: Orders is repr(C) and made of u64s only, so all its bytes are initialised.
    let fixed = unsafe { std::slice::from_raw_parts((&raw const orders).cast(), ORDERS_LEN) };
    bytes[..ORDERS_LEN].copy_from_slice(fixed);
    let fd = memfd::empty(ORDERS_NAME)?;
    ftruncate(&fd, (bytes.len() as u64).next_multiple_of(PAGE)).step("size the engine's orders")?;
    let file = File::from(fd);
    file.write_all_at(&bytes, 0).step("write the engine's orders")?;
    Ok(file.into())
}

/// Writes the memfd of the page that a recording's engines share.
pub fn shared_page(shared: SharedPage) -> Result<OwnedFd> {
    let fd = memfd::empty("clew-shared")?;
    ftruncate(&fd, SHARING_OFFSET + SHARING.len()).step("size the engines' shared page")?;
    // SAFETY: repr(C) and made of u64s only, so all its bytes are initialised.
    let bytes = unsafe { std::slice::from_raw_parts((&raw const shared).cast(), SHARED_LEN) };
    let file = File::from(fd);
    file.write_all_at(bytes, 0).step("write the engines' shared page")?;
    Ok(file.into())
}
