//! A checkpoint knows its data: it brings them along, or says that they are missing.

use crate::figures::{two_kinds, two_styles};
use crate::opened::{Seen, look, open, open_with, small, sources, state, train, try_open_with};
use tilde_models::card::Card;
use tilde_models::data::network::{Network, Node, plain};
use tilde_models::exhibit::{Payload, Sources, UserData};
use tilde_models::kept::{self, About};
use tilde_models::{Run, Saved, Settings};

/// What is written to a file: tensors, settings, and what the data are.
struct File {
    tensors: Vec<Saved>,
    settings: Settings,
    about: About,
}

fn save(run: &mut Run) -> File {
    let tensors = [state(run), run.kept()].concat();
    File { tensors, settings: run.settings().clone(), about: run.about() }
}

/// Loads a file in a run that knows nothing but the file, as page and command do.
fn load(file: &File) -> Result<(Run, Option<String>), tilde_models::Error> {
    let given = kept::given(&file.tensors)?;
    let mut run = try_open_with(file.settings.clone(), 3, Sources { user: given.user, ..sources() })?;
    run.repeat(&mut given.inputs.iter().map(|(id, payload)| (&**id, payload)))?;
    let metadata = file.about.metadata();
    let of = |key: &str| metadata.iter().find(|m| m.0 == key).map(|m| m.1.clone());
    let note = run.about().compare(&of)?;
    run.import(&file.tensors)?;
    Ok((run, note))
}

fn must_come_back(mut run: Run, how: &str) {
    train(&mut run, 5);
    let file = save(&mut run);
    let known: Seen = look(&mut run);
    let (mut other, note) = load(&file).unwrap_or_else(|e| panic!("{how}: {e}"));
    assert_eq!(note, None, "{how}");
    look(&mut other).must_be(&known, how);
    train(&mut run, 3);
    train(&mut other, 3);
    look(&mut other).must_be(&look(&mut run), &format!("{how}, trained on"));

    // Without the data it is no model of anything else.
    let state = File { tensors: file.tensors.iter().filter(|t| !is_data(t)).cloned().collect(), ..file };
    if state.tensors.len() < file.tensors.len() {
        match load(&state) {
            Ok(_) => panic!("{how}: loaded without its data"),
            Err(error) => {
                assert_eq!(error.code(), "bad-file", "{how}: {error}");
                assert!(error.to_string().contains("These weights learned from"), "{how}: {error}");
            }
        }
    }
}

fn is_data(tensor: &Saved) -> bool {
    tensor.name.starts_with("data.") || tensor.name.starts_with("painted.")
}

/// Trained on data of one's own, saved, and loaded where nobody has the data: the same figures, pictures and
/// samples.
pub fn own_data_come_with_the_weights(card: &'static Card) {
    for kind in card.data {
        let user = match *kind {
            "images" => two_kinds(200),
            "text" => two_styles(),
            "points" => UserData::Points(points()),
            "classes" => UserData::Classed {
                classes: points().chunks_exact(2).map(|p| u8::from(p[0] > p[1])).collect(),
                points: points(),
            },
            "network" => UserData::Text(plain::write(&network())),
            other => panic!("nobody knows data of the kind '{other}'"),
        };
        let plane = matches!(user, UserData::Points(_) | UserData::Classed { .. });
        // The defaults learn from them, too, but for the choices that they bring.
        let mut defaults = Settings::new(card);
        defaults.bring_own();
        let mut settings = small(card);
        if plane {
            defaults.use_drawn();
            settings.use_drawn();
        }
        drop(open_with(defaults, 3, Sources { user: Some(user.clone()), ..sources() }));
        let run = open_with(settings, 3, Sources { user: Some(user), ..sources() });
        must_come_back(run, &format!("own {kind}"));
    }
}

/// The same of what was painted.
pub fn painted_points_come_with_the_weights(card: &'static Card) {
    let brushes: Vec<_> = card.actions.iter().filter(|a| card.paints_data(a.id)).collect();
    if brushes.is_empty() {
        return;
    }
    let mut settings = small(card);
    settings.use_drawn();
    if !settings.is_drawn() {
        return;
    }
    let mut run = open(settings, 3);
    for (i, brush) in brushes.iter().enumerate() {
        for x in [0.0, 0.4] {
            let x = x + i as f32;
            let points = vec![x, 0.5, x + 0.2, 0.6, x - 0.1, 0.7];
            run.act(brush.id, &Payload { points, ..Payload::default() }).unwrap_or_else(|e| panic!("{e}"));
        }
    }
    must_come_back(run, "painted");
}

/// What is too large for a file is not in it, and the file says what it was.
pub fn large_data_are_named(card: &'static Card) {
    if !card.data.contains(&"images") {
        return;
    }
    let mut run = open_with(small(card), 3, Sources { user: Some(two_kinds(20_000)), ..sources() });
    train(&mut run, 1);
    let file = save(&mut run);
    assert!(!file.tensors.iter().any(is_data), "more than a megabyte is in the file");
    let error = load(&file).err().unwrap_or_else(|| panic!("loaded without its data"));
    assert!(error.to_string().contains("20,000 images of 8 × 8 pixels of your own"), "{error}");
}

/// Three hundred points.
fn points() -> Vec<f32> {
    (0..600).map(|i| ((i * i) as f32 * 0.37).sin() * 2.0).collect()
}

/// Two nodes, the second after the first.
fn network() -> Network {
    let node = |name: &str, parents: Vec<usize>, table: Vec<f64>, x: f32| {
        let states = ["yes", "no"].map(String::from).to_vec();
        Node { name: name.into(), states, parents, table, at: [x, 0.5] }
    };
    let (first, second) =
        (node("A", vec![], vec![0.3, 0.7], 0.25), node("B", vec![0], vec![0.9, 0.1, 0.2, 0.8], 0.75));
    Network { nodes: vec![first, second] }
}
