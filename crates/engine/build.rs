//! Builds the guest's vDSO (vdso/) with the C compiler that also links Rust programs.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=vdso");
    println!("cargo::rerun-if-changed=build.rs");
    let out = Path::new(&std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("vdso.so");
    let cc = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    let status = Command::new(&cc)
        .args(["-shared", "-nostdlib", "-fPIC", "-Wl,-soname=linux-vdso.so.1"])
        .args(["-Wl,--hash-style=both", "-Wl,--build-id=none", "-Wl,--eh-frame-hdr"])
        .args(["-Wl,-z,max-page-size=4096", "-Wl,-z,noexecstack", "-Wl,-T,vdso/vdso.lds"])
        .args(["-s", "vdso/vdso.S", "-o"])
        .arg(&out)
        .status()
        .unwrap_or_else(|e| panic!("running {cc} to build the vDSO: {e}"));
    assert!(status.success(), "{cc} could not build the vDSO");
}
