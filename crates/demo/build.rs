//! Builds the racy program, with its debug information, to be embedded.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=program/bank.rs");
    let var = |name| env::var_os(name).unwrap_or_else(|| panic!("cargo sets {name}"));
    let output = PathBuf::from(var("OUT_DIR")).join("bank");
    let mut compiler = Command::new(var("RUSTC"));
    compiler.args(["--edition=2024", "--crate-name=bank", "--crate-type=bin", "-g"]);
    compiler
        .args(["-Copt-level=1", "-Cpanic=abort", "-Ccodegen-units=1", "--target"])
        .arg(var("TARGET"));
    // Whoever built clew is nobody's business.
    compiler.arg(format!("--remap-path-prefix={}=", var("CARGO_MANIFEST_DIR").to_string_lossy()));
    compiler.arg("-o").arg(&output).arg("program/bank.rs");
    let status = compiler.status().expect("the compiler starts");
    assert!(status.success(), "program/bank.rs does not compile");
    println!("cargo::rustc-env=CLEW_DEMO_PROGRAM={}", output.display());
}
