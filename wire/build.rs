//! Makes Rust of `proto/`, without `protoc`: the compiler of .proto files is a Rust library.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = protox::compile(["entry.proto", "sync.proto"], ["proto"])?;
    tonic_prost_build::configure()
        .btree_map(".") // entries are written in one order, whatever the map
        .build_transport(false) // its `connect` would collide with the call of that name; the edge makes its own channel
        .compile_fds(files)?;
    Ok(())
}
