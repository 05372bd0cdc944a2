//! Links the image as a static executable at its fixed address, without start files or libraries.

fn main() {
    for arg in ["-nostartfiles", "-nostdlib", "-static", "-no-pie", "-Wl,--image-base=0x7e000000",
        "-Wl,-z,noexecstack", "-Wl,--build-id=none", "-Wl,-z,norelro"] {
        println!("cargo::rustc-link-arg-bins={arg}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
