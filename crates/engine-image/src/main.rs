//! The engine as an executable. Everything is in `clew-engine`; here are only the symbols that a
//! program without a standard library has to bring itself.
#![no_std]
#![no_main]

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    clew_engine::crash::panicked(info)
}

/// Named by the precompiled `core` and `alloc`; never called with `panic = "abort"`.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// As above.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    clew_engine::crash::fail("_Unwind_Resume called")
}
