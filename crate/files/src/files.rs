//! What was chosen together, and what it is.

use crate::array::Array;
use crate::frame::Crop;
use crate::images::{self, Orient, layout};
use crate::kind::{self, Kind};
use crate::picture::{self, Picture};
use crate::table::{Shown, Table};
use crate::{MAX_BYTES, MAX_FILES, Want, bad, bif, decode, idx, npy, points, prose, unpack};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::network::plain;
use tilde_models::data::text::{count, excerpt, thousands};
use tilde_models::data::{Images, UserData};

/// How files are read where there is a choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The array, as numbered in [`Read::arrays`].
    pub array: Option<usize>,
    /// Columns of a table: x, y, and the class if there is one. Empty for those that look like it.
    pub columns: Vec<usize>,
    /// Whether lines such as `32,56` are one number with a decimal comma.
    pub one_column: Option<bool>,
    /// What is cut out of images.
    pub crop: Crop,
    /// Whether rows of images are columns.
    pub transpose: bool,
    /// Whether bright and dark are exchanged once more than they would be.
    pub invert: bool,
    /// Whether arrays keep their polarity, whatever it is.
    pub as_is: bool,
}

/// What a file held, for whoever has no exhibit in mind.
#[derive(Clone, Debug)]
pub enum Parsed {
    /// Images without labels.
    Images(Images),
    /// Labels, `[N]`.
    Labels(Vec<u8>),
    /// Points, `[N, 2]`.
    Points(Vec<f32>),
}

/// Reads one file of images, labels or points, as it is.
///
/// # Errors
/// [`Error::BadFile`] with what was expected and what was found.
pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Parsed, Error> {
    let mut files = Files::new(Want { images: true, points: true, ..Want::default() });
    if let Added::Picture(what) = files.add(name, bytes)? {
        return bad(format!("{} is {what}. Decode it first, and give its grey values.", excerpt(name)));
    }
    if let [source] = &files.arrays[..] {
        if matches!(source.array.shape[..], [_] | [_, 1]) {
            return source.array.labels().map(Parsed::Labels);
        }
    }
    match files.read(&Choice { as_is: true, ..Choice::default() }).data? {
        UserData::Images(images) => Ok(Parsed::Images(images)),
        UserData::Points(points) => Ok(Parsed::Points(points)),
        UserData::Classed { .. } | UserData::Text(_) => {
            bad("This file holds neither images nor points.".into())
        }
    }
}

/// An array that could be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its name in the archive, or the file's.
    pub name: String,
    /// Type and shape: "uint8, 60,000 × 28 × 28".
    pub what: String,
}

/// What files hold, by a choice.
#[derive(Clone, Debug)]
pub struct Read {
    /// The data, or why there are none.
    pub data: Result<UserData, Error>,
    /// What was done, in sentences.
    pub notes: Vec<String>,
    /// Arrays that hold what is wanted.
    pub arrays: Vec<Listed>,
    /// The one of them that is used.
    pub array: usize,
    /// The beginning of the table, if it is one.
    pub table: Option<Shown>,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is read.
    Taken,
    /// It is a picture: whoever asks decodes it, and adds the pixels by [`Files::add_picture`].
    Picture(&'static str),
}

/// Files that were chosen together for an exhibit.
pub struct Files {
    want: Want,
    arrays: Vec<Source>,
    tables: Vec<(String, String)>,
    texts: Vec<(String, String)>,
    pictures: Vec<Picture>,
    /// Notes of files, whatever is chosen.
    notes: Vec<String>,
    count: usize,
}

/// An array of a file.
struct Source {
    /// The file, by its number.
    file: usize,
    name: String,
    array: Array,
}

impl Files {
    /// No files yet, for an exhibit that takes this.
    pub fn new(want: Want) -> Files {
        let (arrays, tables, texts, pictures, notes) = Default::default();
        Files { want, arrays, tables, texts, pictures, notes, count: 0 }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// [`Error::BadFile`] that names what it is, in the words of what is wanted, or what is wrong with it.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> Result<Added, Error> {
        let name = &excerpt(name);
        self.count += 1;
        if self.count > MAX_FILES {
            return bad(format!("At most {} files can be read together.", thousands(MAX_FILES as u64)));
        }
        let size = bytes.len() as u64;
        if size > MAX_BYTES {
            let [size, most] = [size, MAX_BYTES].map(thousands);
            return bad(format!("{name} has {size} bytes; files of up to {most} can be read."));
        }
        let bytes = match kind::of(&bytes) {
            Kind::Gzip => unpack::gunzip(name, &bytes)?,
            _ => bytes,
        };
        self.take(name, bytes)
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>) -> Result<Added, Error> {
        let refuse = |what: &str| bad(self.want.refusal(name, what));
        let arrays = self.want.images || self.want.plane();
        match kind::of(&bytes) {
            _ if bytes.is_empty() => return bad(format!("{name} is empty.")),
            Kind::Other(what) => return refuse(what),
            Kind::Gzip => return refuse("packed with gzip twice"),
            Kind::Picture(what) if self.want.images => return Ok(Added::Picture(what)),
            Kind::Picture(what) => return refuse(what),
            Kind::Npy if arrays => self.push(name, npy::read(bytes)?),
            Kind::Npy => return refuse("an NPY file"),
            Kind::Idx if arrays => self.push(name, idx::read(bytes)?),
            Kind::Idx => return refuse("an IDX file"),
            Kind::Zip if arrays => self.archive(name, &bytes)?,
            Kind::Zip => return refuse(archive(&unpack::unzip(name, &bytes)?.names)),
            Kind::Unknown if !decode::may_be_text(&bytes) => {
                let start: String = bytes.iter().take(4).map(|b| format!(" {b:02x}")).collect();
                return refuse(&format!("of an unknown kind (it starts with the bytes{start})"));
            }
            Kind::Unknown => return self.text(name, &bytes),
        }
        Ok(Added::Taken)
    }

    fn push(&mut self, name: &str, array: Array) {
        self.arrays.push(Source { file: self.count, name: name.to_string(), array });
    }

    fn archive(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let unpack::Archive { names, arrays } = unpack::unzip(name, bytes)?;
        if arrays.is_empty() {
            return bad(self.want.refusal(name, archive(&names)));
        }
        let mut refused = Vec::new();
        let all = arrays.len();
        for entry in arrays {
            // Arrays that cannot be read do not keep others from being chosen.
            match npy::read(entry.bytes) {
                Ok(array) => self.push(&excerpt(&entry.name), array),
                Err(error) => refused.push(format!("{} in {name}: {error}", excerpt(&entry.name))),
            }
        }
        if refused.len() == all {
            return bad(refused.swap_remove(0));
        }
        self.notes.extend(refused);
        Ok(())
    }

    fn text(&mut self, name: &str, bytes: &[u8]) -> Result<Added, Error> {
        let known = decode::text(name, bytes);
        if let Ok((text, _)) = &known {
            // A text exhibit may learn from the source of a page.
            if let Some(what) = kind::of_text(text).filter(|_| !self.want.text) {
                return bad(self.want.refusal(name, what));
            }
        }
        if !self.want.prose() && !self.want.plane() {
            return bad(self.want.refusal(name, "a text"));
        }
        let (text, encoding) = known?;
        if encoding == decode::Encoding::Utf16 && !self.want.plane() {
            self.notes.push(format!("{name} is UTF-16, and was read as that."));
        }
        let kept = if self.want.prose() { &mut self.texts } else { &mut self.tables };
        kept.push((name.to_string(), text));
        Ok(Added::Taken)
    }

    /// Adds a text that was pasted.
    pub fn add_text(&mut self, text: &str) {
        self.texts.push(("The text".into(), decode::lines(text.to_string())));
    }

    /// Adds a decoded picture: red, green, blue and opacity of each pixel, not multiplied by the opacity.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it is too large, or the pixels are not as many as it says.
    pub fn add_picture(&mut self, name: &str, width: usize, height: usize, rgba: &[u8]) -> Result<(), Error> {
        if !picture::fits(width, height) {
            return bad(format!(
                "{} has {width} × {height} pixels; pictures of up to 40 million can be read.",
                excerpt(name)
            ));
        }
        if rgba.len() != 4 * width * height {
            return bad(format!("{} has not as many pixels as it says.", excerpt(name)));
        }
        self.pictures.push(picture::read(width, height, rgba));
        Ok(())
    }

    /// What the files hold, by a choice.
    pub fn read(&self, choice: &Choice) -> Read {
        let mut read = Read {
            data: bad(String::new()),
            notes: self.notes.clone(),
            arrays: Vec::new(),
            array: 0,
            table: None,
        };
        read.data = self.data(choice, &mut read);
        read
    }

    fn data(&self, choice: &Choice, read: &mut Read) -> Result<UserData, Error> {
        let kinds = [
            !self.arrays.is_empty(),
            !self.tables.is_empty(),
            !self.texts.is_empty(),
            !self.pictures.is_empty(),
        ];
        match kinds {
            [true, false, false, false] => self.of_arrays(choice, read),
            [false, true, false, false] => match &self.tables[..] {
                [(name, text)] => self.of_text(name, text, choice, read),
                _ => bad("Give one table.".into()),
            },
            [false, false, true, false] => match &self.texts[..] {
                [(_, text)] => self.of_prose(text, read),
                _ => bad("Give one file of text.".into()),
            },
            [false, false, false, true] => {
                let pictures: Vec<&Picture> = self.pictures.iter().collect();
                let images = images::of_pictures(&pictures, orient(choice), &mut read.notes)?;
                Ok(UserData::Images(images))
            }
            [false, false, false, false] => bad("There is no file.".into()),
            _ => bad("These files are of several kinds. Give those of one.".into()),
        }
    }

    fn of_prose(&self, text: &str, read: &mut Read) -> Result<UserData, Error> {
        if self.want.network {
            let bif::Read { network, notes } = bif::read(text)?;
            read.notes.extend(notes);
            return Ok(UserData::Text(plain::write(&network)));
        }
        prose::read(text, &mut read.notes).map(UserData::Text)
    }

    fn of_text(&self, name: &str, text: &str, choice: &Choice, read: &mut Read) -> Result<UserData, Error> {
        match Table::read(name, text, choice.one_column)? {
            Some(table) => self.of_table(name, &table, choice, read),
            None => bad(self.want.refusal(name, "a text without columns of numbers")),
        }
    }

    fn of_table(
        &self,
        name: &str,
        table: &Table,
        choice: &Choice,
        read: &mut Read,
    ) -> Result<UserData, Error> {
        let chosen = points::columns(name, table, &choice.columns, self.want.classes);
        let used = chosen.as_ref().map(|c| [Some(c.x), Some(c.y), c.class].into_iter().flatten().collect());
        read.table = Some(table.shown(used.unwrap_or_default()));
        if table.ambiguous && choice.columns.is_empty() {
            return bad(format!(
                "Each line of {name} could be two whole numbers, or one number with a decimal comma. Choose which."
            ));
        }
        let data = points::read(name, table, chosen?, self.want.classes, &mut read.notes)?;
        if let UserData::Points(points) | UserData::Classed { points, .. } = &data {
            read.notes.push(points::extent(points));
        }
        Ok(data)
    }

    fn of_arrays(&self, choice: &Choice, read: &mut Read) -> Result<UserData, Error> {
        let fits = |source: &&Source| {
            let array = &source.array;
            let flat = self.want.plane() && array.shape.len() == 2 && array.shape[1] >= 2;
            // Two numbers a row are points, many of them a square are images.
            flat && (!self.want.images || layout(array).is_none())
                || self.want.images && layout(array).is_some()
        };
        let usable: Vec<&Source> = self.arrays.iter().filter(fits).collect();
        read.arrays = usable
            .iter()
            .map(|source| Listed { name: source.name.clone(), what: source.array.describe() })
            .collect();
        let Some(first) = usable.first() else { return self.none_usable() };
        if usable.iter().any(|source| source.file != first.file) {
            return bad(format!("{} and {} hold the same. Give one of them.", first.name, usable[1].name));
        }
        read.array = choice.array.unwrap_or_else(|| preferred(&usable));
        let Some(source) = usable.get(read.array) else {
            return bad(format!("There is no array {}; there are {}.", read.array + 1, usable.len()));
        };
        let n = source.array.shape[0];
        let labels = self.labels(source, n)?;
        match layout(&source.array) {
            Some(layout) if self.want.images => {
                let classes = labels.as_ref().map(|(_, labels)| labels.clone());
                if let Some((name, labels)) = &labels {
                    let classes = (0..=u8::MAX).filter(|class| labels.contains(class)).count();
                    read.notes.push(format!("Their labels are in {name}, of {}.", classes_of(classes)));
                }
                let images =
                    images::of_array(&source.array, layout, classes, orient(choice), &mut read.notes)?;
                Ok(UserData::Images(images))
            }
            _ => self.of_grid(source, labels, choice, read),
        }
    }

    /// Points of an array, with the labels of another where classes are wanted.
    fn of_grid(
        &self,
        source: &Source,
        labels: Option<(String, Vec<u8>)>,
        choice: &Choice,
        read: &mut Read,
    ) -> Result<UserData, Error> {
        let array = &source.array;
        let [rows, width] = [array.shape[0], array.shape[1]];
        if width > 1_000 {
            return bad(format!(
                "{} has {}; points need two.",
                source.name,
                count(width as u64, "number") + " in each row"
            ));
        }
        let all: Vec<f64> = (0..rows)
            .flat_map(|i| (0..width).map(move |j| (i, j)))
            .map(|(i, j)| array.value(array.at(i, j)))
            .collect();
        if let Some(at) = all.iter().position(|v| !v.is_finite()) {
            return bad(format!(
                "Row {} of {} has {}; all must be finite numbers.",
                thousands((at / width) as u64),
                source.name,
                tilde_models::data::text::decimal(all[at])
            ));
        }
        let labels = labels.filter(|_| self.want.classes).map(|(name, labels)| {
            read.notes.push(format!("The classes are in {name}."));
            labels
        });
        let table = Table::of_numbers(all, width, labels);
        self.of_table(&source.name, &table, choice, read)
    }

    /// The labels that go with `n` rows: of the other arrays, one of as many whole numbers.
    fn labels(&self, source: &Source, n: usize) -> Result<Option<(String, Vec<u8>)>, Error> {
        let is_list = |other: &&Source| matches!(other.array.shape[..], [_] | [_, 1]);
        let all: Vec<&Source> = self.arrays.iter().filter(is_list).collect();
        let fitting = || all.iter().filter(|other| other.array.shape[0] == n);
        // In an archive of several sets: the one that is named likewise.
        let part = |name: &str| {
            ["train", "test", "val"].into_iter().find(|part| name.to_ascii_lowercase().contains(part))
        };
        let best =
            fitting().find(|other| part(&other.name) == part(&source.name)).or_else(|| fitting().next());
        match best {
            Some(labels) => Ok(Some((labels.name.clone(), labels.array.labels()?))),
            // A file of labels that was chosen with the images is meant for them.
            None => match all.iter().find(|other| other.file != source.file) {
                Some(other) => bad(format!(
                    "{} holds {}, and {} has {}: there must be one for each.",
                    other.name,
                    count(other.array.shape[0] as u64, "label"),
                    source.name,
                    count(n as u64, "row")
                )),
                None => Ok(None),
            },
        }
    }

    /// Why no array can be used.
    fn none_usable(&self) -> Result<UserData, Error> {
        let Some(first) = self.arrays.first() else { return bad("There is no array.".into()) };
        let nouns = self.want.nouns();
        let what = first.array.describe();
        if self.arrays.iter().all(|source| matches!(source.array.shape[..], [_] | [_, 1])) {
            return bad(format!(
                "{} holds one number for each row ({what}), as labels do. Expected {nouns}: choose their file, too.",
                first.name
            ));
        }
        let shapes = match (self.want.images, self.want.plane()) {
            (true, false) => {
                "images have the shape (N, height, width), perhaps with channels, or (N, D) with D a square number"
            }
            (true, true) => "images have the shape (N, height, width), and points (N, 2)",
            _ => "points have the shape (N, 2)",
        };
        if layout(&first.array).is_some() {
            return bad(format!("{} holds images ({what}). Expected {nouns}.", first.name));
        }
        bad(format!("{} holds {what}. Expected {nouns}: {shapes}.", first.name))
    }
}

/// The array that is read if none is chosen: of images or points to learn from.
fn preferred(usable: &[&Source]) -> usize {
    let named = |word: &str| usable.iter().position(|source| source.name.to_ascii_lowercase().contains(word));
    named("train").or_else(|| named("image")).unwrap_or(0)
}

/// What an archive without arrays is, from the names in it.
fn archive(names: &[String]) -> &'static str {
    let holds = |part: &str| names.iter().any(|name| name.contains(part));
    if holds("word/") {
        "a Word document"
    } else if holds("xl/") {
        "an Excel file (save it as CSV)"
    } else if holds("content.xml") {
        "an OpenDocument file (save it as CSV or text)"
    } else if holds("data.pkl") {
        "a PyTorch file"
    } else if holds(".npy") {
        "an NPZ file"
    } else {
        "a ZIP archive (unpack it first)"
    }
}

fn classes_of(n: usize) -> String {
    if n == 1 { "1 class".into() } else { format!("{} classes", thousands(n as u64)) }
}

fn orient(choice: &Choice) -> Orient {
    let Choice { crop, transpose, invert, as_is, .. } = *choice;
    Orient { crop, transpose, invert, as_is }
}
