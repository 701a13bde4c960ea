//! Images of one's own, and the pad.

use super::*;
use crate::Run;
use crate::data::Images;
use crate::exhibit::{Sources, UserData};
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::vec;
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::{Device, compile};

fn images() -> Run {
    let floats: Vec<f32> = (0..12 * 7 * 10).map(|i| (i % 13) as f32 / 13.0).collect();
    let images = Images::from_floats(&floats, &[12, 7, 10], Vec::new()).unwrap();
    let mut settings = Settings::new(&CARD);
    for (id, value) in CARD.small {
        settings.set_text(id, value).unwrap();
    }
    let sources = Sources { user: Some(UserData::Images(images)), ..Sources::default() };
    let load = async |program: &Program| Ok(Box::new(Cpu::load(compile(program))?) as Box<dyn Device>);
    block_on(Run::open(settings, 3, sources, load)).unwrap()
}

fn pad(run: &mut Run) -> Vec<f32> {
    block_on(run.view("pad")).unwrap().layers[0].data.clone()
}

#[test]
fn images_are_learned_the_same_however_the_steps_are_sliced() {
    let mut once = images();
    block_on(once.train(6)).unwrap();
    let mut sliced = images();
    for _ in 0..6 {
        block_on(sliced.train(1)).unwrap();
        block_on(sliced.sample(3, 1)).unwrap();
    }
    for view in CARD.views {
        let [a, b] = [&mut once, &mut sliced].map(|run| block_on(run.view(view.id)).unwrap());
        assert_eq!(a, b, "'{}'", view.id);
    }
    let samples = block_on(once.sample(70, 1)).unwrap();
    assert_eq!((samples.kind, samples.shape), ("images", vec![70, 7, 10]));
    assert_eq!(block_on(once.export()).unwrap(), block_on(sliced.export()).unwrap());
}

#[test]
fn what_is_drawn_on_the_pad_is_saved() {
    let mut run = images();
    let first = pad(&mut run);
    run.act("next", &Payload::default()).unwrap();
    let next = pad(&mut run);
    assert_ne!(next, first);
    run.act("draw", &Payload { points: vec![0.5, 0.5, 1.2, 0.8], ..Payload::default() }).unwrap();
    let drawn = pad(&mut run);
    assert_ne!(drawn, next);
    let saved = block_on(run.export()).unwrap();
    let mut other = images();
    other.import(&saved).unwrap();
    assert_eq!(pad(&mut other), drawn);
    run.act("erase", &Payload::default()).unwrap();
    assert!(pad(&mut run)[..70].iter().all(|&x| x == 0.0));
    // The next image is the same one after loading.
    for run in [&mut run, &mut other] {
        run.act("next", &Payload::default()).unwrap();
    }
    assert_eq!(pad(&mut run), pad(&mut other));
    let far = Payload { points: vec![9.0, 0.0], ..Payload::default() };
    assert!(run.act("draw", &far).is_err() && run.act("brush", &far).is_err());
}

#[test]
fn the_ways_of_ten_points_are_those_that_were_corrupted_most() {
    let mut settings = Settings::new(&CARD);
    for (id, value) in CARD.small {
        settings.set_text(id, value).unwrap();
    }
    let load = async |program: &Program| Ok(Box::new(Cpu::load(compile(program))?) as Box<dyn Device>);
    let mut run = block_on(Run::open(settings, 3, Sources::default(), load)).unwrap();
    let picture = block_on(run.view("arrows")).unwrap();
    let [clean, corrupted, restored, noise, way] =
        ["clean", "corrupted", "restored", "noise", "way"].map(|id| {
            let layer = picture.layers.iter().find(|layer| layer.id == id);
            &layer.unwrap_or_else(|| panic!("no layer '{id}'")).data
        });
    assert_eq!([clean, corrupted, restored, noise, way].map(|all| all.len()), [20, 20, 20, 40, 40]);
    for i in 0..10 {
        let [from, through, to] = [clean, corrupted, restored].map(|all| &all[2 * i..2 * i + 2]);
        assert_eq!(noise[4 * i..4 * i + 4], [from, through].concat());
        assert_eq!(way[4 * i..4 * i + 4], [through, to].concat());
        // The farthest of eight is nearer than one standard deviation one time in two thousand.
        assert!((from[0] - through[0]).hypot(from[1] - through[1]) > 0.3);
    }
}
