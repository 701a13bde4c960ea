//! The sampler beside the host's, the film, and data of one's own.

use super::*;
use crate::card::Value;
use crate::data::Images;
use crate::exhibit::{Sources, UserData};
use crate::metrics::energy_distance::energy_distance;
use crate::metrics::modes::coverage;
use crate::settings::Settings;
use crate::{Model as _, Run};
use alloc::boxed::Box;
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::rng::Stream;
use tilde_graph::{Device, compile};

const SMALL: &[(&str, &str)] = &[("hidden", "16"), ("batch", "32"), ("timesteps", "20")];

fn chosen(changes: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::new(&CARD);
    for (id, text) in SMALL.iter().chain(changes) {
        settings.set_text(id, text).unwrap();
    }
    settings
}

fn load(program: &Program) -> Box<dyn Device> {
    Box::new(Cpu::load(compile(program)).unwrap())
}

fn open(changes: &[(&str, &str)], seed: u64, user: Option<UserData>) -> Run {
    let sources = Sources { user, ..Sources::default() };
    block_on(Run::open(chosen(changes), seed, sources, async |program: &Program| Ok(load(program)))).unwrap()
}

fn figure(figures: &[(&str, f64)], id: &str) -> f64 {
    figures.iter().find(|f| f.0 == id).unwrap_or_else(|| panic!("no figure '{id}'")).1
}

/// The sampler is right where the network is: with the exact denoiser in its place, samples are
/// the data's, and few long steps blur them.
#[test]
fn samples_of_the_exact_denoiser_are_the_data() {
    let plane = Plane::new("eight-gaussians", &Sources::default(), 1, true).unwrap().expect("points");
    let schedule = Schedule::cosine(100);
    let (modes, sigma) = Toy::EightGaussians.modes().unwrap();
    let walk = |sampler: Sampler, count: usize| {
        let visited = schedule.visited(count);
        let mut stream = Stream::new(1, 0);
        let mut x: Vec<f32> = (0..4000).map(|_| stream.normal()).collect();
        for (&t, step) in visited.iter().zip(sampler.steps(&schedule, &visited)) {
            for p in x.chunks_exact_mut(2) {
                let clean = plane.clean([p[0], p[1]], schedule.levels()[t]);
                for a in 0..2 {
                    let mean = step.clean * clean[a] + step.present * f64::from(p[a]);
                    p[a] = mean as f32 + step.noise as f32 * stream.normal();
                }
            }
        }
        let distance = energy_distance(&x, &plane.bank()[..4000], 2);
        plane.outside(&mut x);
        (distance, coverage(&x, &modes, sigma).high_quality)
    };
    for (sampler, count) in [
        (Sampler::Small, 100),
        (Sampler::Large, 100),
        (Sampler::Implicit(0.5), 50),
        (Sampler::Implicit(0.0), 20),
    ] {
        let (distance, share) = walk(sampler, count);
        assert!(distance < 0.003 && share > 0.97, "{sampler:?} {count}: {distance} {share}");
    }
    let (distance, share) = walk(Sampler::Implicit(0.0), 5);
    assert!(distance > 0.003 && share < 0.7, "{distance} {share}");
}

/// What the device does in a step is what the host's table and the network's answers say.
#[test]
fn the_device_walks_as_the_host_would() {
    for prediction in ["velocity", "noise", "clean"] {
        let settings = chosen(&[("sampler", "ddim"), ("sampling_steps", "7"), ("prediction", prediction)]);
        let setup = Setup { settings: &settings, seed: 1, sources: &Sources::default() };
        let mut ddpm = Ddpm::new(&setup).unwrap();
        let device = Driver::new(load(&ddpm.model.program));
        device.start(&ddpm.model.program, 1);
        device.knobs(&ddpm.model.program, &settings);
        let live = Live { device: &device, settings: &settings, seed: 1, step: 0, generation: 0 };
        ddpm.start(&live).unwrap();
        ddpm.train(&live, 50).unwrap();
        let trajectory = ddpm.model.sample;
        device.write(trajectory.row, &[0.0]);
        device.run(ddpm.model.denoise).unwrap();
        let mut x = block_on(device.read(trajectory.x)).unwrap();
        let visited = ddpm.schedule.visited(7);
        let steps = Sampler::Implicit(0.0).steps(&ddpm.schedule, &visited);
        let bound = ddpm.domain.plane().unwrap().bank().iter().fold(0.0f32, |m, v| m.max(v.abs()));
        for (&t, step) in visited.iter().zip(&steps).skip(1) {
            let answers = block_on(ddpm.ask(&device, &x, &vec![t; x.len() / 2])).unwrap();
            let [of_x, of_answer] = ddpm.target.clean(ddpm.schedule.levels()[t]);
            device.run(ddpm.model.denoise).unwrap();
            let next = block_on(device.read(trajectory.x)).unwrap();
            for i in 0..x.len() {
                let clean = of_x * f64::from(x[i]) + of_answer * f64::from(answers[i]);
                let clean = clean.max(-f64::from(bound)).min(f64::from(bound));
                let wanted = step.clean * clean + step.present * f64::from(x[i]);
                assert!((f64::from(next[i]) - wanted).abs() < 1e-4, "{prediction}, time {t}: {}", next[i]);
            }
            x = next;
        }
    }
}

#[test]
fn chunks_of_samples_differ_from_one_another() {
    let mut run = open(&[], 1, None);
    let [a, b, c] = [4, 4, 5].map(|seed| block_on(run.sample(700, seed)).unwrap());
    assert_eq!((a.shape.as_slice(), &a), ([700, 2].as_slice(), &b));
    assert_ne!(a, c);
    assert_ne!(a.data[..100], a.data[2 * 512..][..100]);
}

#[test]
fn the_sampler_changes_live() {
    let mut run = open(&[], 1, None);
    block_on(run.train(40)).unwrap();
    let mut seen = vec![block_on(run.sample(50, 1)).unwrap()];
    let live = [
        ("sampling_steps", Value::Number(5.0)),
        ("sampler", Value::Choice(1)),
        ("sampler", Value::Choice(2)),
        ("eta", Value::Number(0.7)),
        // More than there are noising steps: as many as those.
        ("sampling_steps", Value::Number(1000.0)),
    ];
    for (id, value) in live {
        run.set(id, value).unwrap();
        let samples = block_on(run.sample(50, 1)).unwrap();
        assert!(samples.data.iter().all(|x| x.is_finite()));
        assert!(!seen.contains(&samples), "'{id}' changed nothing");
        seen.push(samples);
    }
    assert_eq!(figure(&block_on(run.metrics(false)).unwrap(), "denoised_reference"), 20.0);
}

/// The film goes back in as many steps as the sampler, stands, and begins anew.
#[test]
fn the_film_comes_to_its_end_and_begins_again() {
    let mut run = open(&[("sampling_steps", "4")], 1, None);
    let mut rows = Vec::new();
    for _ in 0..4 + HELD {
        rows.push(figure(&block_on(run.metrics(false)).unwrap(), "denoised"));
        block_on(run.step_phase("denoise")).unwrap();
    }
    assert_eq!(rows[..6], [1.0, 2.0, 3.0, 4.0, 4.0, 4.0]);
    assert_eq!(rows.iter().filter(|&&row| row == 4.0).count(), HELD);
    assert_eq!(rows[rows.len() - 1], 0.0);
}

#[test]
fn what_is_painted_is_learned() {
    let mut run = open(&[("data", "drawn")], 1, None);
    let points: Vec<f32> = (0..200).flat_map(|i| [1.0 + 0.001 * i as f32, -1.0]).collect();
    run.act("brush", &Payload { points, ..Payload::default() }).unwrap();
    let picture = block_on(run.view("film")).unwrap();
    assert!(picture.layers[0].data.chunks(2).all(|p| (p[0] - 1.1).abs() < 0.5 && (p[1] + 1.0).abs() < 0.5));
    block_on(run.train(3)).unwrap();
    assert!(figure(&block_on(run.metrics(true)).unwrap(), "score_error").is_finite());
    run.act("clear", &Payload::default()).unwrap();
    let far = Payload { points: vec![50.0, 0.0], ..Payload::default() };
    assert!(run.act("brush", &far).is_err());
}

fn images() -> Run {
    let floats: Vec<f32> = (0..12 * 7 * 10).map(|i| (i % 13) as f32 / 13.0).collect();
    let images = Images::from_floats(&floats, &[12, 7, 10], Vec::new()).unwrap();
    open(&[("sampling_steps", "3")], 1, Some(UserData::Images(images)))
}

/// The film takes its steps with the weights of their time, however the steps of training are sliced.
#[test]
fn the_film_is_the_same_however_steps_are_sliced() {
    for begin in [images, || open(&[], 1, None)] {
        let (mut once, mut sliced) = (begin(), begin());
        block_on(once.train(9)).unwrap();
        for n in [1, 2, 5, 1] {
            block_on(sliced.train(n)).unwrap();
            block_on(sliced.sample(3, 1)).unwrap();
        }
        for view in ["film", "samples"] {
            let [a, b] = [&mut once, &mut sliced].map(|run| block_on(run.view(view)).unwrap());
            assert_eq!(a, b, "'{view}'");
        }
        assert_eq!(block_on(once.export()).unwrap(), block_on(sliced.export()).unwrap());
    }
}

/// Images of one's own, of sizes that no halving divides.
#[test]
fn images_of_any_size_are_learned() {
    let mut run = images();
    block_on(run.train(2)).unwrap();
    let samples = block_on(run.sample(3, 1)).unwrap();
    assert_eq!((samples.kind, samples.shape), ("images", vec![3, 7, 10]));
    assert!(samples.data.iter().all(|x| (0.0..=1.0).contains(x)));
    for view in CARD.views {
        let picture = block_on(run.view(view.id)).unwrap();
        assert!(picture.layers.iter().all(|l| l.data.iter().all(|x| x.is_finite())), "{}", view.id);
    }
    assert!(run.act("clear", &Payload::default()).is_err());
}

#[test]
fn every_view_of_every_set_is_finite() {
    for toy in Toy::ALL {
        let mut run = open(&[("data", toy.id()), ("time", "0")], 1, None);
        block_on(run.train(1)).unwrap();
        for view in CARD.views {
            let picture = block_on(run.view(view.id)).unwrap();
            let finite = |l: &Layer| l.data.iter().all(|x| x.is_finite());
            assert!(picture.layers.iter().all(finite), "{} of {}", view.id, toy.id());
        }
        block_on(run.metrics(true)).unwrap();
    }
}

/// A file of averaged weights alone: their samples, and an optimiser that begins anew.
#[test]
fn averaged_weights_alone_are_sampled_and_trained_on() {
    let mut one = open(&[], 3, None);
    block_on(one.train(8)).unwrap();
    let mut saved = block_on(one.export()).unwrap();
    saved.retain(|s| ["average", "steps", "last.loss"].contains(&s.name.as_str()));
    let mut other = open(&[], 3, None);
    other.import(&saved).unwrap();
    assert_eq!(other.step(), 8);
    let [known, got] = [&mut one, &mut other].map(|run| block_on(run.sample(40, 5)).unwrap());
    assert!(known == got, "the samples differ");
    let loss = |run: &mut Run| figure(&block_on(run.metrics(false)).unwrap(), "loss");
    assert_eq!(loss(&mut one), loss(&mut other));
    // The parameters are the average, and training moves them.
    let of = |run: &mut Run, name: &str| {
        let saved = block_on(run.export()).unwrap();
        saved.into_iter().find(|s| s.name.starts_with(name)).unwrap_or_else(|| panic!("no '{name}'")).values
    };
    let before = of(&mut other, "average");
    assert_eq!(before, of(&mut one, "average"));
    assert_ne!(of(&mut other, "denoiser."), of(&mut one, "denoiser."));
    block_on(other.train(3)).unwrap();
    assert_eq!(other.step(), 11);
    assert_ne!(before, of(&mut other, "average"));
    // Of another size it is refused, and nothing has changed.
    let mut small = open(&[("hidden", "8")], 3, None);
    assert!(small.import(&saved).unwrap_err().to_string().contains("'average' should be"));
    assert_eq!(small.step(), 0);
    saved.retain(|s| s.name != "average");
    assert!(other.import(&saved).is_err());
}

/// The way to noise has gone as many steps as the film has on the way back, or stands at the slider's time.
#[test]
fn forward_goes_in_time_with_the_film() {
    let mut run = open(&[("sampling_steps", "10")], 3, None);
    let forward = |run: &mut Run| block_on(run.view("forward")).unwrap();
    for _ in 0..3 {
        block_on(run.step_phase("denoise")).unwrap();
    }
    let done = figure(&block_on(run.metrics(false)).unwrap(), "denoised");
    let moving = forward(&mut run);
    run.set("time", Value::Number(done / 10.0)).unwrap();
    assert_eq!(forward(&mut run), moving, "the slider does not matter");
    run.set("follow", Value::Flag(false)).unwrap();
    assert_eq!(forward(&mut run), moving, "it is where the slider would put it");
    run.set("time", Value::Number(1.0)).unwrap();
    let end = forward(&mut run);
    assert_ne!(end, moving);
    // The film is held at its end: there the data are noise.
    run.set("follow", Value::Flag(true)).unwrap();
    for _ in 0..10 {
        block_on(run.step_phase("denoise")).unwrap();
    }
    assert_eq!(forward(&mut run), end);
}
