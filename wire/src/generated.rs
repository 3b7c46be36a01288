//! What the compiler of .proto files makes of `proto/`. Its documentation is there.
#![expect(
    clippy::large_enum_variant,
    clippy::module_inception,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    reason = "generated code: the .proto files document what needs it"
)]

pub mod entry {
    tonic::include_proto!("beket.entry");
}

pub mod sync {
    tonic::include_proto!("beket.sync");
}
