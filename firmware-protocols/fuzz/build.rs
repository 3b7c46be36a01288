//! Puts the settings of every dialect's good frames into the targets: they stand beside the frames.

use std::fmt::Write;

fn main() {
    let captures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/captures");
    println!("cargo::rerun-if-changed={captures}");
    let mut code = String::from("pub(super) fn frames(dialect: &str) -> &'static str {\n    match dialect {\n");
    for entry in std::fs::read_dir(captures).expect("captures") {
        let folder = entry.expect("captures").path();
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let good = folder.join("good.txt");
        if good.exists() {
            writeln!(code, "        {name:?} => include_str!({good:?}),").expect("text");
        }
    }
    code.push_str("        _ => \"\",\n    }\n}\n");
    let out = std::env::var("OUT_DIR").expect("cargo says where");
    std::fs::write(format!("{out}/good.rs"), code).expect("written");
}
