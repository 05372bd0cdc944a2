//! Decompressing zstd frames.
//!
//! Most frames of a trace with many processes are short, and making a context takes longer than
//! decompressing one of them. So each thread keeps its context.

use std::cell::Cell;
use std::io::{self, BufReader, Read};

use zstd::stream::read::Decoder;
use zstd::zstd_safe::{DCtx, WriteBuf, get_error_name};

/// No segment is longer than 16 MiB (`layout::SEGMENT`), so none needs a greater window.
const WINDOW_LOG: u32 = 24;
/// Bytes of a frame that are read at a time by those who want its beginning.
const PIECE: usize = 16 << 10;

thread_local! {
    static CONTEXT: Cell<Option<DCtx<'static>>> = const { Cell::new(None) };
}

/// Calls `act` with this thread's context. If `act` comes here itself, it gets another one.
fn with_context<T>(act: impl FnOnce(&mut DCtx<'static>) -> io::Result<T>) -> io::Result<T> {
    let context = CONTEXT.take().or_else(DCtx::try_create);
    let mut context = context.ok_or(io::ErrorKind::OutOfMemory)?;
    let result = act(&mut context);
    CONTEXT.set(Some(context));
    result
}

/// Decompresses a frame into `out`, which has room for as much as it may become. Returns its length.
pub(crate) fn decompress(packed: &[u8], out: &mut (impl WriteBuf + ?Sized)) -> io::Result<usize> {
    with_context(|context| {
        context.decompress(out, packed).map_err(|code| io::Error::other(get_error_name(code)))
    })
}

/// Calls `act` with the bytes of a frame, which are decompressed as it asks for them.
pub(crate) fn begin<T>(packed: impl Read, act: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
    with_context(|context| {
        let packed = BufReader::with_capacity(PIECE, packed);
        let mut decoder = Decoder::with_context(packed, context);
        decoder.window_log_max(WINDOW_LOG)?;
        Ok(act(&mut decoder))
    })
}
