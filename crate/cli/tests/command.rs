//! The command as a user runs it: output, exit codes, files.

use serde_json::Value as Json;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Small networks, so that a few steps take no time.
const SMALL: [&str; 6] = ["--set", "hidden=16", "--set", "layers=2", "--set", "batch=32"];

fn tilde(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tilde")).args(args).output().expect("the command starts")
}

/// What it printed, if it succeeded.
fn stdout(args: &[&str]) -> String {
    let output = tilde(args);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {complaint}");
    // There is no terminal here, so there is no bar either.
    assert_eq!(complaint, "");
    String::from_utf8(output.stdout).expect("text")
}

fn json(args: &[&str]) -> Json {
    serde_json::from_str(&stdout(args)).expect("JSON")
}

/// Its exit code and complaint, if it failed.
fn failure(args: &[&str]) -> (i32, String) {
    let output = tilde(args);
    (output.status.code().expect("an exit code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// `train gan2d` on small networks, with more arguments, as JSON without its duration.
fn train(more: &[&str]) -> Json {
    let mut report = json(&[&["train", "gan2d", "--json"], &SMALL[..], more].concat());
    report.as_object_mut().expect("an object").remove("seconds");
    report
}

/// A file of this test run's own.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()))
}

#[test]
fn lists_the_exhibits() {
    assert!(stdout(&["list"]).contains("gan2d"));
    let cards = json(&["list", "--json"]);
    let cards = cards.as_array().expect("an array");
    let gan2d = cards.iter().find(|card| card["id"] == "gan2d").expect("the exhibit");
    assert_eq!(gan2d["settings"][0]["default"], "eight-gaussians");
    // What the page has, and no second description of a card.
    assert_eq!((&gan2d["tensors"], &gan2d["views"][0]["kind"]), (&true.into(), &"points".into()));
}

#[test]
fn bad_usage_is_told_what_there_is() {
    let (code, message) = failure(&["train", "gan3d"]);
    assert_eq!(code, 2);
    assert!(message.contains("gan2d"), "{message}");
    let (code, message) = failure(&["train", "gan2d", "--set", "hiden=4"]);
    assert_eq!(code, 2);
    assert!(message.contains("hidden"), "{message}");
    let (code, message) = failure(&["train", "gan2d", "--set", "learning_rate=NaN"]);
    assert_eq!(code, 2);
    assert!(message.contains("learning_rate"), "{message}");
    assert_eq!(failure(&["train", "gan2d", "--set", "hidden"]).0, 2);
    assert_eq!(failure(&["plan", "gan2d", "--entry", "none"]).0, 2);
    assert_eq!(failure(&["bench", "none"]).0, 2);
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure() {
    let (code, message) = failure(&["train", "gan2d", "--data", "no-such-file.csv"]);
    assert_eq!(code, 1);
    assert!(message.contains("no-such-file.csv"), "{message}");
    assert_eq!(message.lines().count(), 1);
    let not_weights = file("not-weights.safetensors");
    std::fs::write(&not_weights, b"something else").expect("written");
    let (code, message) =
        failure(&["sample", "gan2d", "--json", "--load", not_weights.to_str().expect("text")]);
    assert_eq!(code, 1);
    assert!(message.contains("safetensors"), "{message}");
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let run = |seed| train(&["--steps", "30", "--seed", seed]);
    let [a, b, other] = ["7", "7", "8"].map(run);
    assert_eq!(a["metrics"]["step"], 30.0);
    assert!(a["metrics"]["loss"].is_f64());
    assert_eq!(a, b);
    assert_ne!(a["metrics"], other["metrics"]);
}

#[test]
fn saved_weights_sample_alike_and_train_on() {
    let [half, whole] = ["half.safetensors", "whole.safetensors"].map(file);
    let [half, whole] = [&half, &whole].map(|path| path.to_str().expect("text"));
    train(&["--steps", "10", "--seed", "3", "--save", half]);
    // The settings and the seed are those of the file.
    let on = json(&["train", "gan2d", "--json", "--steps", "15", "--load", half, "--save", whole]);
    let at_once = train(&["--steps", "25", "--seed", "3"]);
    assert_eq!(on["metrics"], at_once["metrics"]);
    assert_eq!(on["settings"], at_once["settings"]);

    let sample = |seed| json(&["sample", "gan2d", "-n", "5", "--json", "--load", whole, "--seed", seed]);
    let samples = sample("1");
    assert_eq!(samples["shape"], serde_json::json!([5, 2]));
    assert_eq!(samples, sample("1"));
    assert_ne!(samples, sample("2"));
}

#[test]
fn characters_that_weights_do_not_know_are_named() {
    let [first, second, weights] = ["first.txt", "second.txt", "text.safetensors"].map(file);
    std::fs::write(&first, "abc de. ".repeat(200)).expect("written");
    std::fs::write(&second, "abc \u{e9}d#e. ".repeat(200)).expect("written");
    let [first, second, weights] = [&first, &second, &weights].map(|path| path.to_str().expect("text"));
    let small = ["--set", "context=8", "--set", "width=16", "--set", "layers=1", "--set", "batch=8"];
    let train = |more: &[&str]| tilde(&[&["train", "gpt", "--steps", "1"][..], more].concat());
    assert!(train(&[&small[..], &["--data", first, "--save", weights]].concat()).status.success());
    let told = |data| {
        let output = train(&["--load", weights, "--data", data]);
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let text = told(second);
    assert!(
        text.contains("The weights do not know \"#\u{e9}\": 400 places of the text are left out."),
        "{text}"
    );
    assert!(!told(first).contains("do not know"));
}

#[test]
fn averaged_weights_alone_are_a_file_to_begin_from() {
    let [all, average] = ["all.safetensors", "average.safetensors"].map(file);
    let [all, average] = [&all, &average].map(|path| path.to_str().expect("text"));
    let small = ["--set", "hidden=16", "--set", "layers=1", "--set", "batch=16", "--set", "timesteps=12"];
    let train = |more: &[&str]| json(&[&["train", "ddpm", "--json"][..], more].concat());
    train(&[&small[..], &["--steps", "9", "--save", all, "--save-average", average]].concat());
    let size = |path: &str| std::fs::metadata(path).expect("a file").len();
    assert!(4 * size(average) < size(all), "{} of {}", size(average), size(all));
    let sample = |weights: &str| json(&["sample", "ddpm", "-n", "50", "--json", "--load", weights]);
    let numbers = |samples: &Json| -> Vec<f64> {
        let rows = samples["data"].as_array().expect("data").iter();
        rows.flat_map(|x| x.as_array().cloned().unwrap_or_else(|| vec![x.clone()]))
            .map(|x| x.as_f64().expect("a number"))
            .collect()
    };
    // Weights of eight bits in place of 24 move samples by little.
    let [full, halved] = [all, average].map(|path| numbers(&sample(path)));
    let off = full.iter().zip(&halved).map(|(a, b)| (a - b).abs()).sum::<f64>() / full.len() as f64;
    assert!(off > 0.0 && off < 0.1, "{off}");
    let on = train(&["--steps", "2", "--load", average]);
    assert_eq!(on["metrics"]["step"], 11.0);
    // What averages nothing says so.
    let (code, complaint) = failure(&["train", "elbo", "--steps", "1", "--save-average", average]);
    assert_eq!(code, 1, "{complaint}");
    assert!(complaint.contains("no averaged weights"), "{complaint}");
}

#[test]
fn figures_and_samples_become_files() {
    let [csv, png] = ["figures.csv", "samples.png"].map(file);
    let paths = [&csv, &png].map(|path| path.to_str().expect("text"));
    train(&["--steps", "20", "--metrics", paths[0], "--every", "8", "--samples", paths[1]]);
    let csv = std::fs::read_to_string(csv).expect("the figures");
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let column = |id: &str| rows[0].iter().position(|c| *c == id).expect("a column of the card");
    // The losses of every step; the other figures where they were asked for, the costly ones at the end.
    let steps: Vec<String> = (1..=20).map(|step| step.to_string()).collect();
    assert_eq!(rows[1..].iter().map(|row| row[0]).collect::<Vec<_>>(), steps);
    assert!(rows[1..].iter().all(|row| row[column("loss_g")].parse::<f64>().is_ok()), "{csv}");
    let known = |id: &str| -> Vec<&str> {
        rows[1..].iter().filter(|row| !row[column(id)].is_empty()).map(|row| row[0]).collect()
    };
    assert_eq!(known("loss"), ["8", "16", "20"]);
    assert_eq!(known("modes"), ["20"]);
    let png = image::open(png).expect("the picture").into_rgb8();
    assert!(png.pixels().any(|p| p.0 != [255; 3]));
}

#[test]
fn data_of_ones_own() {
    let csv = file("points.csv");
    let points: String =
        (0..40).map(|i| format!("{},{}\n", f64::from(i).sin(), f64::from(i).cos())).collect();
    std::fs::write(&csv, points).expect("written");
    let csv = csv.to_str().expect("text");
    let output =
        tilde(&[&["train", "gan2d", "--json"], &SMALL[..], &["--steps", "5", "--data", csv]].concat());
    let run: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(run["metrics"]["loss"].is_f64());
    // What was done to them is said apart from the report.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "x goes from -1 to 1, y from -1 to 1.\n");
}

/// The page shows these in its dialogue: `tests/e2e/files.spec.js`.
#[test]
fn files_are_read_by_the_rules_of_the_page() {
    let case = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(name);
        path.to_str().expect("text").to_string()
    };
    let run = |id: &str, more: &[&str]| tilde(&[&["train", id, "--steps", "1", "--json"], more].concat());
    for (id, name, note) in [
        ("gan2d", "pandas-index.csv", "x is the column “x”, y is “y”, of 3 columns."),
        ("boundary", "label-column.csv", "Class 0 is “0” (1), class 1 is “1” (1)."),
        ("bayes-net", "thirds.bif", "The probabilities of A sum to 0.999"),
        ("bayes-net", "bom.bif", ""),
        ("rbm", "white-on-transparent", "their one ink is bright"),
    ] {
        let output = run(id, &["--data", &case(name)]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains(note), "{name}: {said}");
    }
    for (id, name, why) in [
        ("rbm", "html-named-train-images-idx3-ubyte.gz", "is an HTML page, not IDX"),
        ("rbm", "one-image.idx", "1 image of 8×8; at least two are needed"),
        ("gan2d", "one-column.csv", "With --columns 1,2 they are two."),
        ("gan2d", "scalar.npy", "a single number"),
        ("bayes-net", "row-sum.bif", "Line 13 of the network: the row (a) of B sums to 1.1"),
        ("bayes-net", "latin1.bif", "Line 3 of latin1.bif is not UTF-8"),
        ("gpt", "surrogates.txt", "has 603 characters"),
        ("elbo", "quoted.csv", "takes no data of your own"),
    ] {
        let output = run(id, &["--data", &case(name)]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains(why), "{name}: {said}");
    }
    let columns = |said| run("gan2d", &["--data", &case("one-column.csv"), "--columns", said]);
    assert!(columns("1,2").status.success());
    assert_eq!(columns("1,z").status.code(), Some(2));
}

#[test]
fn prints_plans_and_shaders() {
    let plan = stdout(&["plan", "gan2d"]);
    assert!(plan.contains("discriminator:") && plan.contains("FLOP") && plan.contains("work"), "{plan}");
    let full = stdout(&["plan", "gan2d", "--entry", "sample", "--full"]);
    assert!(full.contains("store") && !full.contains("discriminator"), "{full}");
    assert!(stdout(&["plan", "gan2d", "--entry", "sample", "--wgsl"]).contains("@compute"));
}

#[test]
fn evaluate_refuses_what_it_cannot_do() {
    // Training to the gates takes minutes and is run on its own.
    assert_eq!(failure(&["evaluate", "gan3d", "--json"]).0, 2);
    assert_eq!(failure(&["evaluate", "gan2d", "--seeds", "0"]).0, 2);
}

/// The cheapest exhibit.
#[test]
fn evaluate_reports_gates_and_controls_and_writes_the_page() {
    let page = file("gates.md");
    let path = page.to_str().expect("a path");
    let report = json(&["evaluate", "elbo", "--seeds", "2", "--json", "--markdown", path]);
    assert_eq!(report["id"], "elbo");
    let gate = &report["gates"][0];
    assert!(
        gate["pass"] == true && gate["op"] == "<=" && gate["seeds"].as_array().is_some_and(|s| s.len() == 2)
    );
    assert!(report["controls"][0]["rejected"] == true && report["controls"][0]["gate"] == gate["name"]);
    let text = std::fs::read_to_string(&page).expect("the page");
    let name = gate["name"].as_str().expect("a name");
    assert!(text.contains("Seeds 1 to 2, on the CPU.") && text.contains(&format!("| {name} |")), "{text}");
    assert!(gate["reached"] == 2 && text.contains("| 2 of 2 |"), "{text}");
}

/// `denoising` draws on images, and of points shows what is restored in the same place.
#[test]
fn a_view_of_images_may_hold_points() {
    let path = file("pad.svg");
    let small = ["--set", "hidden=8", "--set", "layers=1", "--steps", "1"];
    stdout(
        &[&["view", "denoising", "--view", "pad", "--out", path.to_str().expect("text")], &small[..]]
            .concat(),
    );
    assert!(std::fs::read_to_string(path).expect("a drawing").starts_with("<svg"));
}

/// Weights bring small data along: loaded without `--data` they are of the same points, not of others.
#[test]
fn weights_bring_their_data_along() {
    let (points, weights) = (file("points.csv"), file("own.safetensors"));
    let rows: String = (0..60).map(|i| format!("{},{}\n", f64::from(i).sin(), f64::from(i).cos())).collect();
    std::fs::write(&points, rows).expect("a file");
    let [points, weights] = [&points, &weights].map(|path| path.to_str().expect("a path"));
    let output = tilde(
        &[
            &["train", "energy", "--json", "--steps", "3", "--data", points, "--save", weights][..],
            &["--set", "hidden=16", "--set", "batch=32", "--set", "chain_steps=2"],
        ]
        .concat(),
    );
    // What was read is said beside the report.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "x goes from -1 to 1, y from -1 to 1.\n");
    let known: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    let loaded = json(&["train", "energy", "--json", "--steps", "0", "--load", weights]);
    assert_eq!(loaded["metrics"], known["metrics"]);
    assert!(known["metrics"]["loss_se"].as_f64().is_some_and(|error| error > 0.0), "{known}");
}

/// What was measured on a part has its error beside it, in the report and in the table.
#[test]
fn estimates_stand_with_their_errors() {
    let table = file("errors.csv");
    let path = table.to_str().expect("a path");
    let report =
        stdout(&["train", "dbm", "--steps", "2", "--metrics", path, "--set", "first=2", "--set", "third=2"]);
    let line = report.lines().find(|line| line.contains("test_log_likelihood")).expect("the figure");
    assert!(line.contains(" ± "), "{line}");
    let mut names = report.lines().filter_map(|line| line.split_whitespace().next());
    assert!(names.all(|name| !name.ends_with("_se")), "{report}");
    let header = std::fs::read_to_string(&table).expect("a table");
    assert!(
        header.lines().next().expect("a header").contains(",test_log_likelihood,test_log_likelihood_se,"),
        "{header}"
    );
}
