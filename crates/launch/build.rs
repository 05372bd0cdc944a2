//! Builds the engine image, a package outside the workspace (it has its own target layout and panic
//! strategy), so that a plain `cargo build` yields one executable with the engine inside.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates the image is made of, beside this one.
const PARTS: [&str; 5] = ["abi", "syscalls", "translate", "engine", "engine-image"];

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets this"));
    let crates = here.parent().expect("the crate lies in crates/");
    for part in PARTS {
        println!("cargo::rerun-if-changed={}", crates.join(part).display());
    }
    let manifest = crates.join("engine-image/Cargo.toml");
    assert!(manifest.is_file(), "the engine image's sources are missing: {}", manifest.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets this"));
    build(&manifest, &out.join("engine"));
    let image = out.join("engine/release/clew-engine-image");
    assert!(image.is_file(), "building the engine made no {}", image.display());
    let stripped = out.join("engine-image");
    let whole = fs::read(&image).expect("the image can be read");
    let image = strip(whole);
    println!("cargo::rustc-env=CLEW_ENGINE_BUILD={}", hash(&image));
    fs::write(&stripped, image).expect("the build directory can be written to");
    println!("cargo::rustc-env=CLEW_ENGINE_IMAGE={}", stripped.display());
}

/// FNV-1a: tells this image from others.
fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step).max(1)
}

fn build(manifest: &Path, target: &Path) {
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets this"));
    cargo.args(["build", "--release", "--manifest-path"]).arg(manifest);
    cargo.arg("--target-dir").arg(target);
    // What the outer cargo set for the outer build (flags, target, a linter as compiler) must not
    // reach the image; its own manifest and build script say how it is built.
    for (name, _) in env::vars_os() {
        if is_outer(&name.to_string_lossy()) {
            cargo.env_remove(&name);
        }
    }
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "building the engine image failed: {status}");
}

fn is_outer(name: &str) -> bool {
    const KEPT: [&str; 6] = [
        "CARGO_HOME",
        "CARGO_MAKEFLAGS",
        "CARGO_NET",
        "CARGO_HTTP",
        "CARGO_REGISTR",
        "CARGO_SOURCE",
    ];
    const COMPILER: [&str; 5] = ["RUSTC", "RUSTDOC", "RUSTFLAGS", "RUSTDOCFLAGS", "TARGET"];
    let cargos = name.starts_with("CARGO") && !KEPT.iter().any(|k| name.starts_with(k));
    cargos || COMPILER.contains(&name) || name.starts_with("RUSTC_")
}

/// Cuts off what is not loaded (symbols, debug information), since every start of an engine copies
/// the image. Panics if the image is no ELF64 file.
fn strip(mut image: Vec<u8>) -> Vec<u8> {
    let half = |at: usize| u16::from_le_bytes([image[at], image[at + 1]]) as usize;
    let word = |at: usize| u64::from_le_bytes(image[at..at + 8].try_into().unwrap()) as usize;
    assert_eq!(image[..5], *b"\x7fELF\x02", "the engine image is an ELF64 file");
    let (headers, entry_size, count) = (word(32), half(54), half(56));
    let mut end = headers + entry_size * count;
    for header in (0..count).map(|i| headers + i * entry_size) {
        const PT_LOAD: usize = 1;
        if half(header) == PT_LOAD {
            end = end.max(word(header + 8) + word(header + 32));
        }
    }
    image.truncate(end);
    image[40..48].fill(0); // e_shoff
    image[60..64].fill(0); // e_shnum, e_shstrndx
    image
}
