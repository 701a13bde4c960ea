//! Finds the tables of gates: each file of `src/gates` is one, so that a new exhibit's needs no line here.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("src/gates");
    println!("cargo::rerun-if-changed=src/gates");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the folder of gates")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".rs")?.to_string()))
        .collect();
    names.sort();
    let mut source = String::new();
    for name in &names {
        let path = folder.join(format!("{name}.rs"));
        writeln!(source, "#[path = {path:?}]\nmod {name};").expect("a string takes it");
    }
    let tables = names.iter().map(|name| format!("&{name}::TABLE")).collect::<Vec<_>>().join(", ");
    writeln!(source, "/// The table of each file.\npub static FOUND: &[&crate::gate::Table] = &[{tables}];")
        .expect("a string takes it");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("gates.rs");
    fs::write(out, source).expect("the folder of the build is writable");
}
