//! Copies the kernels' templates without their comments, which nobody should have to download.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=src/kernels");
    let out = env::var("OUT_DIR").expect("cargo names a folder");
    for file in fs::read_dir("src/kernels").expect("the templates") {
        let path = file.expect("a template").path();
        let text = fs::read_to_string(&path).expect("a template is text");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.flat_map(|line| [line, "\n"]).collect();
        let name = path.file_name().expect("a file has a name");
        fs::write(Path::new(&out).join(name), code).expect("the folder can be written");
    }
}
