//! Writes the registry for the page, with all cards, as JSON: `pkg/cards.json`.

fn main() -> Result<(), serde_json::Error> {
    serde_json::to_writer(std::io::stdout(), tilde_models::exhibits::EXHIBITS)
}
