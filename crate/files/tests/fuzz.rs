//! Files of any content, for every reader: an answer or a refusal, soon, in little memory, and what is read
//! is sound. The files are mutations of a fixed corpus; a million of each are in the slow tests.

mod common;

use common::bytes;
use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tilde_files::{Added, Choice, Crop, Files, Want, parse};
use tilde_models::data::UserData;
use tilde_models::data::network::plain;

/// Most bytes that a reader may hold.
const MEMORY: usize = 512 << 20;
/// Longest that it may take.
const TIME: Duration = Duration::from_secs(1);

/// The system's allocator, counting.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is the system allocator's, with the layout that it was given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let held = HELD.fetch_add(size, Ordering::Relaxed) + size;
        MOST.fetch_max(held, Ordering::Relaxed);
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`, and `at` is from the same allocator.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`, and `at` is from the same allocator.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A reader, with files that it takes.
struct Reader {
    name: &'static str,
    kinds: &'static [&'static str],
    corpus: Vec<Vec<u8>>,
    /// Parts of files that mutations put in.
    words: &'static [&'static str],
    /// How a mutated file is packed, so that its sums are right.
    pack: fn(Vec<u8>) -> Vec<u8>,
}

fn idx(sizes: &[u32], kind: u8, values: usize) -> Vec<u8> {
    let mut file = vec![0, 0, kind, sizes.len() as u8];
    sizes.iter().for_each(|size| file.extend(size.to_be_bytes()));
    file.extend((0..values).map(|i| (i * 31 % 256) as u8));
    file
}

fn npy(descr: &str, fortran: &str, shape: &str, values: usize) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let mut file = b"\x93NUMPY\x01\0".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend((0..values).map(|i| (i * 37 % 64) as u8));
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |c, &b| {
        (0..8).fold(c ^ u32::from(b), |c, _| if c & 1 != 0 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    })
}

/// Deflated data of one block that is only stored: packing takes longer than reading. Files that are
/// compressed are in the corpus.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let size = bytes.len() as u16;
    [&[1][..], &size.to_le_bytes(), &(!size).to_le_bytes(), bytes].concat()
}

fn gzip(bytes: Vec<u8>) -> Vec<u8> {
    gzip_of(&bytes, stored(&bytes))
}

fn gzip_of(bytes: &[u8], packed: Vec<u8>) -> Vec<u8> {
    let mut file = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    file.extend(packed);
    file.extend(crc32(bytes).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}

/// An archive of one array twice.
fn npz(bytes: Vec<u8>) -> Vec<u8> {
    npz_of(&bytes, stored(&bytes))
}

fn npz_of(bytes: &[u8], packed: Vec<u8>) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for name in ["x_train.npy", "y.npy"] {
        let mut common = [20u16, 0, 8, 0, 0].map(u16::to_le_bytes).concat();
        common.extend([crc32(bytes), packed.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat());
        common.extend((name.len() as u16).to_le_bytes());
        let offset = (file.len() as u32).to_le_bytes();
        file.extend([b"PK\x03\x04", &common[..], &[0; 2], name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 12], &offset, name.as_bytes()].concat());
    }
    let (start, size) = (file.len() as u32, directory.len() as u32);
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    file.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    file.extend([0, 0]);
    file
}

fn readers() -> Vec<Reader> {
    let arrays = || {
        vec![
            npy("'<f4'", "False", "(3, 4, 4)", 192),
            npy("'|u1'", "True", "(2, 5, 4)", 40),
            npy("'>i8'", "False", "(6, 2)", 96),
            npy("'<f2'", "False", "(4, 3, 4, 4)", 384),
            npy("'<f8'", "True", "(8, 16)", 1024),
            npy("'<u2'", "False", "(5,)", 10),
        ]
    };
    let numbers: &[&str] = &[
        "'<f8'",
        "'>f2'",
        "'|b1'",
        "True",
        "False",
        "(3,)",
        "()",
        "(1000000, 99)",
        "descr",
        "shape",
        "'|O'",
        "-1",
        "99999999999",
    ];
    let tables = || -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = [
            "one-column.csv",
            "pandas-index.csv",
            "label-column.csv",
            "quoted.csv",
            "semicolon-decimal-comma.csv",
            "cr-only.csv",
            "utf16.csv",
        ]
        .map(bytes)
        .into();
        all.push(b"# c\nsep=;\nx1;x2;class\n1,5;-2e3;a\n2;NaN;b\n\n3;\"4\";\"a;\"\"b\"\n".to_vec());
        all
    };
    let cells: &[&str] = &[
        ",", ";", "\t", "\"", "\n", "\r", "#", "1e999", "-", "nan", "sep=", "x", "class", "0,5", "\u{2212}",
        "\u{feff}",
    ];
    let networks = || -> Vec<Vec<u8>> {
        ["bom.bif", "latin1.bif", "long-name.bif", "row-sum.bif", "row-twice.bif", "thirds.bif"]
            .map(bytes)
            .into()
    };
    let blocks: &[&str] = &[
        "variable",
        "probability",
        "network",
        "property",
        "default",
        "table",
        "type",
        "discrete",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "|",
        ",",
        ";",
        "\"",
        "/*",
        "*/",
        "//",
        "0.5",
        "position = (1, 2) ;",
        "99999999999999999999",
        "1e-400",
    ];
    let texts = || -> Vec<Vec<u8>> {
        let many: String = (0..400).map(|i| char::from_u32(0x100 + i).expect("a letter")).collect();
        let mut all: Vec<Vec<u8>> = ["cr-only.txt", "thousand.txt", "surrogates.txt"].map(bytes).into();
        all.push(many.repeat(3).into_bytes());
        all
    };
    let same = |bytes| bytes;
    let compressed = |bytes: Vec<u8>| (compress_to_vec(&bytes, 6), bytes);
    let images = &["images", "points"][..];
    let idxes =
        || vec![idx(&[3, 5, 4], 8, 60), idx(&[4, 2], 0x0d, 32), idx(&[9], 9, 9), bytes("one-image.idx")];
    vec![
        Reader {
            name: "idx",
            kinds: images,
            corpus: idxes(),
            words: &["\0\0\u{8}\u{3}", "\0\0\0\u{1}"],
            pack: same,
        },
        Reader { name: "npy", kinds: images, corpus: arrays(), words: numbers, pack: same },
        Reader { name: "gzip", kinds: images, corpus: idxes(), words: numbers, pack: gzip },
        Reader {
            name: "gzip, damaged",
            kinds: images,
            corpus: idxes()
                .into_iter()
                .map(compressed)
                .map(|(packed, bytes)| gzip_of(&bytes, packed))
                .collect(),
            words: numbers,
            pack: same,
        },
        Reader { name: "npz", kinds: &["images", "classes"], corpus: arrays(), words: numbers, pack: npz },
        Reader {
            name: "npz, damaged",
            kinds: images,
            corpus: arrays()
                .into_iter()
                .map(compressed)
                .map(|(packed, bytes)| npz_of(&bytes, packed))
                .collect(),
            words: numbers,
            pack: same,
        },
        Reader { name: "table", kinds: &["points"], corpus: tables(), words: cells, pack: same },
        Reader { name: "table of classes", kinds: &["classes"], corpus: tables(), words: cells, pack: same },
        Reader { name: "bif", kinds: &["network"], corpus: networks(), words: blocks, pack: same },
        Reader { name: "text", kinds: &["text"], corpus: texts(), words: cells, pack: same },
    ]
}

/// Small random numbers: SplitMix64 (S. Vigna, 2015).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

impl Reader {
    /// A file of the corpus with one to six changes.
    fn mutated(&self, random: &mut Random) -> Vec<u8> {
        let mut file = self.corpus[random.below(self.corpus.len())].clone();
        for _ in 0..1 + random.below(6) {
            let at = random.below(file.len() + 1);
            let span = at..(at + 1 + random.below(24)).min(file.len()).max(at);
            match random.below(8) {
                0 if at < file.len() => file[at] ^= 1 << random.below(8),
                1 if at < file.len() => {
                    file[at] = [0, 1, 0x7f, 0x80, 0xff, b'0', b',', b' '][random.below(8)]
                }
                2 => drop(file.drain(span)),
                3 => {
                    let part = file[span].to_vec();
                    file.splice(at..at, part);
                }
                4 => file.truncate(at),
                5 => {
                    let other = &self.corpus[random.below(self.corpus.len())];
                    let from = random.below(other.len() + 1);
                    file.truncate(at);
                    file.extend_from_slice(&other[from..]);
                }
                _ => {
                    let word = self.words[random.below(self.words.len())];
                    file.splice(at..at, word.bytes());
                }
            }
        }
        (self.pack)(file)
    }

    /// Reads a file, in one of the ways there are, and checks what comes of it. Whether it was taken, and how
    /// long that took: the least of three times where the machine may have been busy with something else.
    fn check(&self, file: Vec<u8>, random: &mut Random) -> (bool, Duration) {
        let choice = Choice {
            array: [None, None, Some(0), Some(3)][random.below(4)],
            columns: [&[][..], &[], &[0, 1], &[1, 2, 0], &[7, 0]][random.below(5)].to_vec(),
            one_column: [None, Some(false), Some(true)][random.below(3)],
            crop: [Crop::Whole, Crop::Middle, Crop::Ink][random.below(3)],
            transpose: random.below(2) == 0,
            invert: random.below(2) == 0,
            as_is: false,
        };
        let mut least = Duration::MAX;
        for _ in 0..3 {
            let (taken, took) = self.once(&file, &choice);
            least = least.min(took);
            if least < TIME / 20 {
                return (taken, least);
            }
        }
        assert!(least < TIME, "{}: {least:?} for {file:?}", self.name);
        (self.once(&file, &choice).0, least)
    }

    fn once(&self, file: &[u8], choice: &Choice) -> (bool, Duration) {
        let (start, held) = (Instant::now(), HELD.load(Ordering::Relaxed));
        MOST.store(held, Ordering::Relaxed);
        let _ = parse("f", file.to_vec());
        let mut files = Files::new(Want::of(self.kinds.iter().copied()));
        let taken = match files.add("f", file.to_vec()) {
            Ok(Added::Taken) => match files.read(choice).data {
                Ok(data) => {
                    check(&data, self.kinds);
                    true
                }
                Err(error) => {
                    assert_eq!(error.code(), "bad-file");
                    assert!(!error.to_string().is_empty());
                    false
                }
            },
            _ => false,
        };
        let (took, most) = (start.elapsed(), MOST.load(Ordering::Relaxed).saturating_sub(held));
        assert!(most < MEMORY, "{}: {most} bytes for {file:?}", self.name);
        (taken, took)
    }
}

fn check(data: &UserData, kinds: &[&str]) {
    match data {
        UserData::Images(images) => {
            assert!(images.n >= 2 && images.height == images.width && images.height <= 32);
            assert_eq!(images.pixels.len(), images.n * images.area());
            assert!(images.labels.is_empty() || images.labels.len() == images.n);
            assert!(images.pixels.iter().all(|&p| p <= images.levels));
            let first = images.image(0);
            assert!((1..images.n).any(|i| images.image(i) != first), "all are alike");
        }
        UserData::Points(points) => {
            assert!(points.len() >= 4 && points.iter().all(|v| v.is_finite()));
        }
        UserData::Classed { points, classes } => {
            assert!(points.len() == 2 * classes.len() && points.iter().all(|v| v.is_finite()));
            assert!(classes.contains(&0) && classes.contains(&1) && classes.iter().all(|&c| c < 2));
        }
        UserData::Text(text) if kinds == ["network"] => {
            plain::read(text).unwrap_or_else(|e| panic!("{e}: {text}"));
        }
        UserData::Text(text) => assert!((1_000..=1_200_000).contains(&text.chars().count())),
    }
}

/// The corpus itself reaches past the first refusal, or the mutations would try little.
#[test]
fn the_corpus_is_read() {
    for reader in readers() {
        let taken = reader.corpus.iter().filter(|file| {
            let file = (reader.pack)((*file).clone());
            (0..20).any(|seed| reader.check(file.clone(), &mut Random(seed)).0)
        });
        assert!(taken.count() > 0, "{}", reader.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_file_is_read_or_refused(seed in any::<u64>(), at in 0usize..10) {
        let (readers, mut random) = (readers(), Random(seed));
        for _ in 0..4 {
            let file = readers[at].mutated(&mut random);
            readers[at].check(file, &mut random);
        }
    }
}

/// `TILDE_FUZZ=1000000 cargo test --release -p tilde-files --test fuzz -- --ignored --nocapture`; of one reader
/// alone with its name in `TILDE_READER`.
#[test]
#[ignore = "minutes: one of the slow tests"]
fn a_million_files_of_each_kind() {
    let count: usize = std::env::var("TILDE_FUZZ").map_or(1_000_000, |n| n.parse().expect("a count"));
    let only = std::env::var("TILDE_READER").ok();
    for reader in
        readers().into_iter().filter(|reader| only.as_deref().is_none_or(|name| name == reader.name))
    {
        let (start, mut random, mut taken) = (Instant::now(), Random(1), 0);
        let (mut slowest, mut most) = (Duration::ZERO, 0);
        for _ in 0..count {
            let file = reader.mutated(&mut random);
            let held = HELD.load(Ordering::Relaxed);
            let (good, took) = reader.check(file, &mut random);
            taken += usize::from(good);
            slowest = slowest.max(took);
            most = most.max(MOST.load(Ordering::Relaxed).saturating_sub(held));
        }
        let seconds = start.elapsed().as_secs();
        println!(
            "{}: {count} files, {taken} taken, the rest refused; slowest {slowest:?}, most memory {most} bytes; {seconds} s",
            reader.name
        );
    }
}
