//! Schedules and samplers against the diffusers library and closed forms (`tests/goldens`).

mod common;

use common::{near, numbers, records};
use tilde_models::ddpm::sampler::{Sampler, Target};
use tilde_models::ddpm::schedule::{Level, Schedule};
use tilde_models::metrics::energy_distance::energy_distance;

fn schedule(name: &str, steps: usize) -> Schedule {
    match name {
        "linear" => Schedule::linear(steps),
        "cosine" | "squaredcos_cap_v2" => Schedule::cosine(steps),
        // Linear between the roots of the ends.
        "scaled_linear" => {
            let (first, last) = (1e-4f64.sqrt(), 0.02f64.sqrt());
            let root = |t: usize| first + (last - first) * t as f64 / (steps - 1) as f64;
            Schedule::from_betas((0..steps).map(|t| root(t) * root(t)))
        }
        other => panic!("no schedule {other}"),
    }
}

fn target(name: &str) -> Target {
    match name {
        "noise" | "epsilon" => Target::Noise,
        "velocity" | "v_prediction" => Target::Velocity,
        "clean" | "sample" => Target::Clean,
        other => panic!("no prediction {other}"),
    }
}

#[test]
fn levels_are_the_librarys() {
    for record in records("diffusion", "diffusion.levels") {
        let name = record["id"].as_str().unwrap().split(' ').nth(1).unwrap().to_string();
        let made = schedule(&name, record["in"]["steps"].as_u64().unwrap() as usize);
        let got: Vec<f64> = made.levels().iter().map(|at| at.alpha_bar()).collect();
        let known = numbers(&record["out"]["alpha_bars"]);
        near(&name, &got, &known, 1e-13);
        // The smallest ones in proportion, too.
        let ratio: Vec<f64> = got.iter().zip(&known).map(|(a, b)| a / b).collect();
        near(&name, &ratio, &vec![1.0; ratio.len()], 1e-9);
    }
}

#[test]
fn walks_from_noise_to_data_are_the_librarys() {
    for record in records("diffusion", "diffusion.walk") {
        let id = record["id"].as_str().unwrap();
        let words: Vec<&str> = id.split(' ').collect();
        let (given, out) = (&record["in"], &record["out"]);
        let [steps, count] = ["steps", "count"].map(|key| given[key].as_u64().unwrap() as usize);
        let (schedule, target) = (schedule(words[1], steps), target(words[2]));
        let sampler = match words[3] {
            "small" => Sampler::Small,
            "large" => Sampler::Large,
            _ => Sampler::Implicit(words[4].parse().unwrap()),
        };
        let bound = Some(numbers(&given["bound"])[0]).filter(|&b| b > 0.0).unwrap_or(f64::INFINITY);
        let visited = schedule.visited(count);
        near(id, &visited.iter().map(|&t| t as f64).collect::<Vec<_>>(), &numbers(&out["times"]), 0.0);
        let [mut x, answers, noise] = ["x", "answers", "noise"].map(|key| numbers(&given[key]));
        let d = x.len();
        let (walk, clean) = (numbers(&out["walk"]), numbers(&out["clean"]));
        for (i, (&t, step)) in visited.iter().zip(sampler.steps(&schedule, &visited)).enumerate() {
            let [of_x, of_answer] = target.clean(schedule.levels()[t]);
            let x0: Vec<f64> =
                (0..d).map(|k| (of_x * x[k] + of_answer * answers[i * d + k]).clamp(-bound, bound)).collect();
            near(id, &x0, &clean[i * d..][..d], 1e-9);
            x = (0..d)
                .map(|k| step.clean * x0[k] + step.present * x[k] + step.noise * noise[i * d + k])
                .collect();
            if let Some(known) = walk.get(i * d..(i + 1) * d) {
                near(id, &x, known, 1e-9);
            }
        }
    }
}

#[test]
fn single_steps_are_the_librarys() {
    for record in records("seed1", "diff.step") {
        let (given, out) = (&record["in"], &record["out"]);
        let tolerance = record["tol"]["f64"].as_f64().unwrap();
        let name = given["schedule"].as_str().unwrap();
        let (schedule, target) = (schedule(name, 1000), target(given["prediction"].as_str().unwrap()));
        let [x, answer] = ["x", "model_out"].map(|key| numbers(&given[key]));
        let t = given["t"].as_u64().unwrap() as usize;
        let at = schedule.levels()[t];
        near(name, &[at.alpha_bar()], &numbers(&out["alpha_bar_t"]), tolerance);
        let clean = |at: Level| -> Vec<f64> {
            let [of_x, of_answer] = target.clean(at);
            x.iter().zip(&answer).map(|(x, y)| of_x * x + of_answer * y).collect()
        };
        let x0 = clean(at);
        near(name, &x0, &numbers(&out["x0"]), tolerance);
        let back = |sampler: Sampler, from: Level, to: Level, x0: &[f64]| -> Vec<f64> {
            let step = sampler.step(from, to);
            x.iter().zip(x0).map(|(x, x0)| step.clean * x0 + step.present * x).collect()
        };
        let before = schedule.levels()[t - 1];
        near(name, &back(Sampler::Small, at, before, &x0), &numbers(&out["post_mean"]), tolerance);
        let noise = Sampler::Small.step(at, before).noise;
        near(name, &[noise * noise], &numbers(&out["post_var_small"]), tolerance);
        // A step of fifty, twenty times down.
        let t = given["ddim50_t"].as_u64().unwrap() as usize;
        let (from, to) = (schedule.levels()[t], schedule.levels()[t - 20]);
        let known = numbers(&out["ddim50_eta0_prev"]);
        near(name, &back(Sampler::Implicit(0.0), from, to, &clean(from)), &known, tolerance);
    }
}

/// Where data are Gaussian the exact denoiser is linear, and the variance of the samples has a
/// closed form.
#[test]
fn exact_sampling_of_a_gaussian_has_the_known_variance() {
    for record in records("seed1", "diff.gauss_exact") {
        let data = record["in"]["sigma_data"].as_f64().unwrap().powi(2);
        for (steps, known) in record["out"]["final_var"].as_object().unwrap() {
            let count: usize = steps.parse().unwrap();
            let angle = |i: usize| std::f64::consts::FRAC_PI_2 * i as f64 / count as f64;
            let level = |i: usize| Level { alpha: angle(i).cos(), sigma: angle(i).sin() };
            let variance = (1..=count).rev().fold(1.0, |variance, i| {
                let (from, to) = (level(i), level(i - 1));
                let step = Sampler::Implicit(0.0).step(from, to);
                let shrunk = from.alpha * data / (from.alpha_bar() * data + from.sigma * from.sigma);
                (step.clean * shrunk + step.present).powi(2) * variance
            });
            near(steps, &[variance], &numbers(known), 1e-9);
        }
    }
}

#[test]
fn the_energy_distance_is_the_known_one() {
    for record in records("seed1", "metrics") {
        let sample = |key: &str| -> (Vec<f32>, usize) {
            let rows = record["in"][key].as_array().unwrap();
            (
                numbers(&record["in"][key]).iter().map(|&x| x as f32).collect(),
                rows[0].as_array().unwrap().len(),
            )
        };
        let ((a, dims), (b, _)) = (sample("A_real"), sample("B_fake"));
        near("energy_U", &[energy_distance(&a, &b, dims)], &numbers(&record["out"]["energy_U"]), 1e-6);
    }
}
