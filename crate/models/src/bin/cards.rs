//! Writes the registry for the page, with all cards, as JSON.

fn main() -> Result<(), serde_json::Error> {
    let exhibits: Vec<_> = tilde_models::exhibits::registered().collect();
    serde_json::to_writer(std::io::stdout(), &exhibits)
}
