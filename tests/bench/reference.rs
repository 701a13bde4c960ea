//! Writes the losses that everyone who is timed must reach, by the naive f64 interpreter (some
//! minutes for all tasks, or those that are named):
//! `cargo run --release -p tilde-models --example bench_reference > tests/bench/losses.json`.

mod judge;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let tasks = if named.is_empty() { tilde_models::bench::TASKS.map(String::from).to_vec() } else { named };
    let mut lines = Vec::new();
    for id in tasks {
        eprintln!("{id}");
        lines.push(format!("  \"{id}\": {:?}", judge::losses(&id)?));
    }
    println!("{{\n{}\n}}", lines.join(",\n"));
    Ok(())
}
