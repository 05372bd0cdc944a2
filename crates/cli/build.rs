//! How the executable is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // At a fixed address there is nothing to relocate: a tenth of the time that starting to record
    // takes. The supervisor has no secrets that randomised addresses would keep.
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
