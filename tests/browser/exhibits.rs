//! Every exhibit through the module's own interface, in a worker: opened, trained for one step and
//! sampled, on both backends; errors with their codes; overlapping calls in order.
#![cfg(target_arch = "wasm32")]

mod engine;

use js_sys::{Array, Float32Array, Object, Promise, Reflect, Uint8Array};
use tilde_models::exhibits::registered;
use tilde_web::run::WebRun;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const DIGITS: &[u8] = include_bytes!("../../www/data/digits8-images.idx");
const LABELS: &[u8] = include_bytes!("../../www/data/digits8-labels.idx");

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in fields {
        Reflect::set(&object, &(*key).into(), value).expect("a plain object takes fields");
    }
    object.into()
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).expect("it is an object")
}

fn number(object: &JsValue, key: &str) -> f64 {
    get(object, key).as_f64().unwrap_or(f64::NAN)
}

async fn open(id: &str, backend: &'static str, settings: JsValue) -> Result<WebRun, JsValue> {
    let place = object(&[
        ("backend", backend.into()),
        ("engine", engine::engine(backend)),
        ("device", "a test's".into()),
    ]);
    let options = object(&[
        ("seed", 7.into()),
        ("place", place),
        ("settings", settings),
        ("digits", Uint8Array::from(DIGITS).into()),
        ("digit_labels", Uint8Array::from(LABELS).into()),
    ]);
    Ok(WebRun::open(id, &options).await?)
}

/// Trains by single steps until the loss is known, which takes `crossover` two draws of each size and
/// `ais` a whole run; gives the steps.
async fn train_until_known(run: &WebRun) -> Result<f64, JsValue> {
    for step in 1..=100 {
        run.train(1).await?;
        let metrics = run.metrics(false).await?;
        assert_eq!(number(&metrics, "step"), f64::from(step));
        if number(&metrics, "loss").is_finite() {
            return Ok(f64::from(step));
        }
    }
    panic!("a hundred steps, and no loss is known");
}

/// Every exhibit learns: its loss is finite, the steps are counted, samples are there.
async fn every_exhibit_trains(backend: &'static str) -> Result<(), JsValue> {
    for exhibit in registered() {
        let id = exhibit.card.id;
        let run = open(id, backend, JsValue::UNDEFINED).await?;
        assert_eq!(run.backend(), if exhibit.tensors { backend } else { "cpu" }, "{id}");
        let steps = train_until_known(&run).await?;
        assert!(steps == 1.0 || ["crossover", "ais"].contains(&id), "{id}: no loss before step {steps}");
        let samples = run.sample(3, 1.0).await?;
        let data = Float32Array::from(get(&samples, "data")).to_vec();
        assert_eq!(Array::from(&get(&samples, "shape")).get(0), 3);
        assert!(!data.is_empty() && data.iter().all(|x| x.is_finite()), "{id}");
    }
    Ok(())
}

#[wasm_bindgen_test]
async fn every_exhibit_trains_on_the_cpu() -> Result<(), JsValue> {
    every_exhibit_trains("cpu").await
}

#[wasm_bindgen_test]
async fn every_exhibit_trains_on_the_gpu() -> Result<(), JsValue> {
    every_exhibit_trains("webgpu").await
}

async fn code_of(id: &str, backend: &'static str, settings: JsValue) -> Option<String> {
    let error = open(id, backend, settings).await.err()?;
    get(&error, "code").as_string()
}

#[wasm_bindgen_test]
async fn what_is_wrong_has_a_code() {
    let none = JsValue::UNDEFINED;
    assert_eq!(code_of("nothing", "cpu", none.clone()).await.as_deref(), Some("unknown-exhibit"));
    assert_eq!(code_of("gan2d", "tpu", none).await.as_deref(), Some("bad-setting"));
    let unknown = object(&[("nothing", 1.into())]);
    assert_eq!(code_of("gan2d", "cpu", unknown).await.as_deref(), Some("bad-setting"));
    let words = object(&[("data", 3.into())]);
    assert_eq!(code_of("gan2d", "cpu", words).await.as_deref(), Some("bad-setting"));
}

/// Without an engine a run of tensors is refused, and a plain one is not.
#[wasm_bindgen_test]
async fn tensors_need_an_engine() {
    for exhibit in registered() {
        let options = object(&[
            ("seed", 7.into()),
            ("place", object(&[("backend", "cpu".into()), ("device", "none".into())])),
            ("digits", Uint8Array::from(DIGITS).into()),
            ("digit_labels", Uint8Array::from(LABELS).into()),
        ]);
        let opened = WebRun::open(exhibit.card.id, &options).await.map(|_| ()).map_err(JsValue::from);
        let code = opened.err().and_then(|error| get(&error, "code").as_string());
        let expected = exhibit.tensors.then(|| String::from("device-lost"));
        assert_eq!(code, expected, "{}", exhibit.card.id);
    }
}

/// The state is saved, trained on, and taken back: both continuations are the same, bit for bit.
#[wasm_bindgen_test]
async fn a_saved_run_goes_on_as_it_did() -> Result<(), JsValue> {
    for exhibit in registered() {
        let id = exhibit.card.id;
        let run = open(id, "cpu", JsValue::UNDEFINED).await?;
        let steps = train_until_known(&run).await?;
        let saved = Array::from(&run.export_state().await?);
        run.train(1).await?;
        let first = run.metrics(false).await?;
        run.import_state(&saved).await?;
        run.train(1).await?;
        let second = run.metrics(false).await?;
        assert_eq!(number(&first, "loss"), number(&second, "loss"), "{id}");
        assert_eq!(number(&second, "step"), steps + 1.0, "{id}");
    }
    Ok(())
}

/// Calls that are made while others wait are done in their order.
#[wasm_bindgen_test]
async fn overlapping_calls_take_turns() -> Result<(), JsValue> {
    let run = std::rc::Rc::new(open("gan2d", "webgpu", JsValue::UNDEFINED).await?);
    let started: Array = (0..3)
        .map(|_| {
            let run = run.clone();
            future_to_promise(async move {
                run.train(1).await?;
                run.metrics(false).await
            })
        })
        .collect();
    JsFuture::from(Promise::all(&started)).await?;
    assert_eq!(number(&run.metrics(false).await?, "step"), 3.0);
    Ok(())
}
