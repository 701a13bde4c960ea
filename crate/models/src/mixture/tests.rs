use super::*;
use std::vec::Vec;

fn opened(settings: &[(&str, &str)]) -> Mixture {
    let mut all = Settings::new(&CARD);
    for (id, value) in settings {
        all.set_text(id, value).unwrap();
    }
    Mixture::new(&all, Sources::default()).unwrap()
}

fn figure(m: &mut Mixture, id: &str) -> f64 {
    m.metrics(true).unwrap().iter().find(|f| f.0 == id).map_or(f64::NAN, |f| f.1)
}

#[test]
fn experiments() {
    for e in CARD.experiments {
        for seed in 1..4 {
            let mut m = opened(e.settings);
            m.start(seed).unwrap();
            for i in 0..4 {
                std::println!("{} {seed} {i} {:?}", e.id, m.metrics(true).unwrap());
                m.train(e.steps / 3).unwrap();
            }
        }
    }
}
