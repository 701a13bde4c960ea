//! The shaders of a few small graphs, whole, as files in `snapshots`: to be read, and to show what a
//! change of a template or of the compiler does to the text. They are compared exactly, and naga
//! validates them.
//!
//! After a change that is wanted, write them again and read the difference:
//!
//! ```text
//! TILDE_RENEW_SNAPSHOTS=1 cargo test -p tilde-gpu --test gpu snapshots
//! ```

use crate::check::validate;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tilde_gpu::{Target, wgsl};
use tilde_graph::{Graph, Program, Tensor, compile};

/// A kernel of a small graph, and the adapter that its shaders are written for.
struct Sample {
    /// The name of its files.
    name: &'static str,
    /// The files' first line.
    title: &'static str,
    target: Target,
    /// Shapes of the inputs.
    inputs: &'static [&'static [usize]],
    /// The output, which one kernel must compute.
    output: for<'g> fn(&'g Graph, &[Tensor<'g>]) -> Tensor<'g>,
}

const SAMPLES: [Sample; 13] = [
    Sample {
        name: "point",
        title: "tanh(x + b), one invocation a point",
        target: Target::Hardware,
        inputs: &[&[64, 32], &[32]],
        output: |_, i| (i[0] + i[1]).tanh(),
    },
    Sample {
        name: "point_helpers",
        title: "sigmoid(x) + softplus(x) + a normal draw: the functions that WGSL lacks",
        target: Target::Hardware,
        inputs: &[&[64, 32]],
        output: |g, i| i[0].sigmoid() + i[0].softplus() + g.normal([64, 32]),
    },
    Sample {
        name: "matmul_direct",
        title: "tanh(x·w + b) without shared memory",
        target: Target::Hardware,
        inputs: &[&[64, 16], &[16, 32], &[32]],
        output: |_, i| (i[0].matmul(i[1]) + i[2]).tanh(),
    },
    Sample {
        name: "matmul_software",
        title: "tanh(x·w + b) for a CPU that plays a GPU",
        target: Target::Software,
        inputs: &[&[64, 16], &[16, 32], &[32]],
        output: |_, i| (i[0].matmul(i[1]) + i[2]).tanh(),
    },
    Sample {
        name: "matmul_tiled",
        title: "tanh(x·w + b) through shared memory",
        target: Target::Hardware,
        inputs: &[&[256, 128], &[128, 128], &[128]],
        output: |_, i| (i[0].matmul(i[1]) + i[2]).tanh(),
    },
    Sample {
        name: "matmul_split",
        title: "tanh(x·w) with a sum of 4096 products, cut in parts",
        target: Target::Hardware,
        inputs: &[&[32, 4096], &[4096, 32]],
        output: |_, i| i[0].matmul(i[1]).tanh(),
    },
    Sample {
        name: "convolution",
        title: "A 3 × 3 convolution of stride 2: a product whose left factor is windows",
        target: Target::Hardware,
        inputs: &[&[4, 9, 9, 8], &[3, 3, 8, 12]],
        output: |_, i| i[0].conv(i[1], 2, 0),
    },
    Sample {
        name: "reduce_serial",
        title: "Sums of eight, one invocation a point",
        target: Target::Hardware,
        inputs: &[&[20_000, 8]],
        output: |_, i| i[0].square().sum_axes(&[1]),
    },
    Sample {
        name: "reduce_tree",
        title: "Sums along rows, a workgroup each",
        target: Target::Hardware,
        inputs: &[&[64, 512]],
        output: |_, i| i[0].square().sum_axes(&[1]),
    },
    Sample {
        name: "reduce_tree_columns",
        title: "Sums along columns, neighbouring columns side by side",
        target: Target::Hardware,
        inputs: &[&[512, 64]],
        output: |_, i| i[0].square().sum_axes(&[0]),
    },
    Sample {
        name: "reduce_split",
        title: "One sum of a million, in parts",
        target: Target::Hardware,
        inputs: &[&[1_000_000]],
        output: |_, i| i[0].square().sum(),
    },
    Sample {
        name: "reduce_passes",
        title: "Softmax along rows: a maximum, a sum, and what follows both at every element",
        target: Target::Hardware,
        inputs: &[&[64, 512]],
        output: |_, i| i[0].softmax(1),
    },
    Sample {
        name: "reduce_passes_software",
        title: "Softmax along rows for a CPU that plays a GPU",
        target: Target::Software,
        inputs: &[&[64, 512]],
        output: |_, i| i[0].softmax(1),
    },
];

impl Sample {
    /// The sample's files by name, one for each dispatch.
    fn files(&self) -> Vec<(String, String)> {
        let mut program = Program::new(self.name);
        let inputs: Vec<_> = self.inputs.iter().map(|&shape| program.data("input", shape)).collect();
        program
            .entry("sample", |g| {
                let inputs: Vec<_> = inputs.iter().map(|&var| g.read(var)).collect();
                g.output("output", (self.output)(g, &inputs));
            })
            .expect("legal shapes");
        let plan = compile(&program);
        // A draw is counted by a kernel of its own.
        let kernels: Vec<_> = plan.entries[0].kernels.iter().filter(|k| k.label != "count").collect();
        let [kernel] = kernels[..] else { panic!("{} is one kernel, not\n{plan}", self.name) };
        validate(kernel);
        let shaders = wgsl(kernel, self.target);
        let count = shaders.len();
        let file = |(i, shader): (usize, &tilde_gpu::Shader)| {
            let name = if count == 1 { String::new() } else { format!("_{}", i + 1) };
            let [x, y] = shader.groups;
            let text = format!(
                "// {}.\n// Dispatch {} of {count}: {x} × {y} workgroups, {} words of scratch.\n\n{}",
                self.title,
                i + 1,
                shader.scratch,
                shader.text
            );
            (format!("{}{name}.wgsl", self.name), text)
        };
        shaders.iter().enumerate().map(file).collect()
    }
}

/// The text of every file of a folder, by name.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
    let named = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    files.map(|path| (named(&path), fs::read_to_string(&path).expect("text"))).collect()
}

fn expected() -> BTreeMap<String, String> {
    SAMPLES.iter().flat_map(Sample::files).collect()
}

#[test]
fn the_snapshots_are_what_is_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gpu/snapshots");
    let expected = expected();
    if std::env::var_os("TILDE_RENEW_SNAPSHOTS").is_some() {
        fs::create_dir_all(&folder).expect("a folder");
        for name in texts(&folder).keys() {
            fs::remove_file(folder.join(name)).expect("a file");
        }
        for (name, text) in &expected {
            fs::write(folder.join(name), text).expect("a file");
        }
    }
    let found = texts(&folder);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, text) in &expected {
        assert!(
            &found[name] == text,
            "{name} has changed. If it shall, renew the snapshots with TILDE_RENEW_SNAPSHOTS=1. Now it is\n{text}"
        );
    }
}

/// Every template is in a snapshot: all of its lines that have no placeholder, in their order.
#[test]
fn the_snapshots_show_every_template() {
    let expected = expected();
    for (name, template) in texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kernels")) {
        let lines: Vec<&str> = template
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.contains("{{"))
            .collect();
        assert!(!lines.is_empty(), "{name} has no line to be known by");
        let shown = expected.values().any(|text| {
            let mut rest = text.lines().map(str::trim);
            lines.iter().all(|line| rest.any(|other| other == *line))
        });
        assert!(shown, "no snapshot shows {name}: add a sample");
    }
}
