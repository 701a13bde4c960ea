//! What a checkpoint says of the data: the data themselves where they are small and nobody else has them, and
//! what they are, so that weights that are loaded without them, or with others, are told apart. The page
//! writes and reads the same (`www/kept.js`).

use crate::card::Card;
use crate::data::Images;
use crate::data::text::count;
use crate::exhibit::{Payload, UserData};
use crate::inputs::Inputs;
use crate::{Error, Saved, SavedValues};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Bytes of data of one's own, up to which they are saved in the file itself.
pub const MOST: usize = 1 << 20;

/// Names of tensors and of metadata.
const POINTS: &str = "data.points";
const IMAGES: &str = "data.images";
const LABELS: &str = "data.labels";
const TEXT: &str = "data.text";
const PAINTED: &str = "painted.";
/// What they are: "points", "images", "text", "painted" or "set", which is one that the exhibit has itself.
pub const KIND: &str = "data_kind";
/// Their sizes, with commas between them.
pub const SHAPE: &str = "data_shape";
/// How many they are.
pub const COUNT: &str = "data_count";
/// Their hash: FNV-1a of 32 bits, in hexadecimal. Pixels count from 0 to 255, whatever white is.
pub const HASH: &str = "data_hash";
/// The characters that a text model knows, in the order of its symbols.
pub const ALPHABET: &str = "alphabet";

/// What a file brings besides the state of its model.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Data of the user's own.
    pub user: Option<UserData>,
    /// What was painted: inputs to be repeated.
    pub inputs: Vec<(String, Payload)>,
}

/// What the data are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    kind: &'static str,
    shape: Vec<usize>,
    hash: String,
    alphabet: Option<String>,
}

/// Bytes four to a word, the first one lowest, after their number.
fn packed(bytes: &[u8]) -> Vec<u32> {
    let word = |four: &[u8]| four.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte));
    core::iter::once(bytes.len() as u32).chain(bytes.chunks(4).map(word)).collect()
}

fn words(name: &str, words: &[u32]) -> Saved {
    Saved::words(name, &[words.len()], words)
}

/// The points that were painted with each brush.
fn painted<'a>(card: &'a Card, inputs: &'a Inputs) -> impl Iterator<Item = (&'static str, Vec<f32>)> + 'a {
    let brushes = card.actions.iter().filter(|action| card.paints_data(action.id));
    let strokes = |id: &'static str| {
        inputs.iter().filter(move |input| input.0 == id).flat_map(|(_, payload)| payload.points.clone())
    };
    let all = brushes.map(move |brush| (brush.id, strokes(brush.id).collect::<Vec<f32>>()));
    all.filter(|(_, points)| !points.is_empty())
}

/// The tensors of data of one's own, those that are at most [`MOST`] bytes, and of what was painted.
pub(crate) fn tensors(card: &Card, user: Option<&UserData>, inputs: &Inputs) -> Vec<Saved> {
    let floats = |name: String, values: &[f32]| Saved {
        name,
        shape: vec![values.len() / 2, 2],
        values: SavedValues::F32(values.to_vec()),
    };
    let mut out = Vec::new();
    match user {
        Some(UserData::Points(points)) if 4 * points.len() <= MOST => out.push(floats(POINTS.into(), points)),
        Some(UserData::Classed { points, classes }) if 4 * points.len() <= MOST => {
            out.extend([floats(POINTS.into(), points), words(LABELS, &packed(classes))]);
        }
        Some(UserData::Images(images)) if images.pixels.len() <= MOST => {
            let sizes = [images.n, images.height, images.width, usize::from(images.levels)].map(|n| n as u32);
            out.push(words(IMAGES, &[&sizes[..], &packed(&images.pixels)].concat()));
            if !images.labels.is_empty() {
                out.push(words(LABELS, &packed(&images.labels)));
            }
        }
        Some(UserData::Text(text)) if text.len() <= MOST => out.push(words(TEXT, &packed(text.as_bytes()))),
        _ => {}
    }
    out.extend(painted(card, inputs).map(|(id, points)| floats([PAINTED, id].concat(), &points)));
    out
}

/// What a file brings besides the state of its model: what `tensors` gave.
///
/// # Errors
/// [`Error::BadFile`] if its data are none.
pub fn given(saved: &[Saved]) -> Result<Given, Error> {
    let bad = |name: &str| Error::BadFile(format!("The file's '{name}' holds no data."));
    let words = |name: &str| match saved.iter().find(|s| s.name == name).map(|s| &s.values) {
        None => Ok(None),
        Some(SavedValues::U32(words)) => Ok(Some(&words[..])),
        Some(_) => Err(bad(name)),
    };
    let unpacked = |name: &str, words: &[u32]| -> Result<Vec<u8>, Error> {
        let (&count, rest) = words.split_first().ok_or_else(|| bad(name))?;
        let mut bytes: Vec<u8> = rest.iter().flat_map(|word| word.to_le_bytes()).collect();
        if rest.len() != (count as usize).div_ceil(4) {
            return Err(bad(name));
        }
        bytes.truncate(count as usize);
        Ok(bytes)
    };
    let mut out = Given::default();
    for part in saved {
        let id = part.name.strip_prefix(PAINTED);
        if let (Some(id), SavedValues::F32(points)) = (id, &part.values) {
            out.inputs.push((id.into(), Payload { points: points.clone(), ..Payload::default() }));
        }
        if let (POINTS, SavedValues::F32(points)) = (&*part.name, &part.values) {
            out.user = Some(UserData::Points(points.clone()));
        }
    }
    let labels = words(LABELS)?.map(|words| unpacked(LABELS, words)).transpose()?;
    if let (Some(UserData::Points(points)), Some(classes)) = (&out.user, &labels) {
        if points.len() != 2 * classes.len() {
            return Err(bad(LABELS));
        }
        out.user = Some(UserData::Classed { points: points.clone(), classes: classes.clone() });
    }
    if let Some(all) = words(IMAGES)? {
        let [n, height, width, levels, rest @ ..] = all else { return Err(bad(IMAGES)) };
        let shape = [*n, *height, *width].map(|size| size as usize);
        let levels = u8::try_from(*levels).ok().filter(|&levels| levels > 0).ok_or_else(|| bad(IMAGES))?;
        let images = Images::new(unpacked(IMAGES, rest)?, levels, shape, labels.unwrap_or_default());
        out.user = Some(UserData::Images(images.map_err(|_| bad(IMAGES))?));
    }
    if let Some(all) = words(TEXT)? {
        let text = String::from_utf8(unpacked(TEXT, all)?).map_err(|_| bad(TEXT))?;
        out.user = Some(UserData::Text(text));
    }
    Ok(out)
}

/// FNV-1a.
struct Hash(u32);

impl Hash {
    fn add(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
}

impl About {
    /// The present data: those of one's own, or what was painted if that is chosen.
    pub(crate) fn new(
        card: &Card,
        user: Option<&UserData>,
        inputs: Option<&Inputs>,
        alphabet: Option<String>,
    ) -> About {
        let mut hash = Hash(0x811C_9DC5);
        let floats = |hash: &mut Hash, values: &[f32]| values.iter().for_each(|x| hash.add(x.to_le_bytes()));
        let (mut kind, mut shape) = match user {
            None => ("set", Vec::new()),
            Some(UserData::Points(points)) => {
                floats(&mut hash, points);
                ("points", vec![points.len() / 2, 2])
            }
            Some(UserData::Classed { points, classes }) => {
                floats(&mut hash, points);
                hash.add(classes.iter().copied());
                ("points", vec![points.len() / 2, 2])
            }
            Some(UserData::Images(images)) => {
                let white = u32::from(images.levels);
                hash.add(images.pixels.iter().map(|&p| ((u32::from(p) * 255 + white / 2) / white) as u8));
                hash.add(images.labels.iter().copied());
                ("images", vec![images.n, images.height, images.width])
            }
            Some(UserData::Text(text)) => {
                hash.add(text.bytes());
                ("text", vec![text.chars().count()])
            }
        };
        for (_, points) in inputs.into_iter().flat_map(|inputs| painted(card, inputs)) {
            floats(&mut hash, &points);
            let before = if kind == "painted" || kind == "points" { shape[0] } else { 0 };
            (kind, shape) = ("painted", vec![before + points.len() / 2, 2]);
        }
        let digits = |at: u32| char::from_digit(hash.0 >> (28 - 4 * at) & 15, 16);
        let hash = if kind == "set" { String::new() } else { (0..8).filter_map(digits).collect() };
        About { kind, shape, hash, alphabet }
    }

    /// For the metadata of a file.
    pub fn metadata(&self) -> Vec<(&'static str, String)> {
        let mut out = vec![(KIND, self.kind.to_string())];
        if self.kind != "set" {
            let shape: Vec<String> = self.shape.iter().map(usize::to_string).collect();
            out.extend([(COUNT, shape[0].clone()), (SHAPE, shape.join(", ")), (HASH, self.hash.clone())]);
        }
        out.extend(self.alphabet.clone().map(|alphabet| (ALPHABET, alphabet)));
        out
    }

    /// Holds the present data against those that a file's metadata speak of, and says what is different. A
    /// file of before there was such metadata says nothing.
    ///
    /// # Errors
    /// [`Error::BadFile`] if the file's data are missing, or are such that its weights mean nothing here.
    pub fn compare(&self, file: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, Error> {
        let Some(kind) = file(KIND) else { return Ok(None) };
        let (shape, own) = (file(SHAPE).unwrap_or_default(), kind != "set");
        let theirs = described(&kind, &shape);
        let shapes: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        let ours = described(self.kind, &shapes.join(", "));
        if own && self.kind == "set" {
            return Err(Error::BadFile(format!(
                "These weights learned from {theirs}, which the file does not hold: more than a megabyte is left \
                 out. Open these data first, then the weights."
            )));
        }
        // Images of another size have other weights.
        let sizes = |shape: &str| shape.split_once(", ").map(|(_, sizes)| sizes.to_string());
        if kind == "images" && self.kind == "images" && sizes(&shape) != sizes(&shapes.join(", ")) {
            return Err(Error::BadFile(format!("These weights learned from {theirs}, and here are {ours}.")));
        }
        if let (Some(theirs), Some(ours)) = (file(ALPHABET), &self.alphabet) {
            let lacks = |a: &str, b: &str| a.chars().filter(|&c| !b.contains(c)).take(20).collect::<String>();
            if theirs != *ours {
                let [more, less] = [lacks(&theirs, ours), lacks(ours, &theirs)];
                return Err(Error::BadFile(format!(
                    "These weights know another alphabet than this text: it lacks \"{more}\" and has \"{less}\" \
                     besides. Open the text that they learned from first."
                )));
            }
        }
        if file(HASH).unwrap_or_default() == self.hash {
            return Ok(None);
        }
        Ok(Some(format!("These weights learned from {theirs}. All that is shown here is of {ours}.")))
    }
}

/// Data in words.
fn described(kind: &str, shape: &str) -> String {
    let mut sizes = shape.split(", ");
    let first = sizes.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let rest: Vec<&str> = sizes.collect();
    match kind {
        "points" => format!("{} of your own", count(first, "point")),
        "painted" => format!("{} that were painted", count(first, "point")),
        "images" => format!("{} of {} pixels of your own", count(first, "image"), rest.join(" × ")),
        "text" => format!("a text of {} of your own", count(first, "character")),
        _ => "a set of the exhibit's own".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(n: usize) -> UserData {
        let pixels = (0..n * 6).map(|i| i as u8 % 17).collect();
        UserData::Images(Images::new(pixels, 16, [n, 2, 3], vec![7; n]).unwrap())
    }

    #[test]
    fn data_come_back_as_they_were() {
        let card = &crate::exhibits::vae::CARD;
        let back = |user: &UserData| {
            let saved = tensors(card, Some(user), &Inputs::default());
            (saved.len(), given(&saved).unwrap().user)
        };
        match (images(5), back(&images(5))) {
            (UserData::Images(a), (2, Some(UserData::Images(b)))) => assert_eq!(a, b),
            other => panic!("{other:?}"),
        }
        match back(&UserData::Text("Ärger, 🐍\n".into())) {
            (1, Some(UserData::Text(text))) => assert_eq!(text, "Ärger, 🐍\n"),
            other => panic!("{other:?}"),
        }
        match back(&UserData::Points(vec![1.0, -2.5])) {
            (1, Some(UserData::Points(points))) => assert_eq!(points, [1.0, -2.5]),
            other => panic!("{other:?}"),
        }
        match back(&UserData::Classed { points: vec![1.0, -2.5, 3.0, 4.0], classes: vec![1, 0] }) {
            (2, Some(UserData::Classed { points, classes })) => {
                assert_eq!((&points[..], &classes[..]), (&[1.0, -2.5, 3.0, 4.0][..], &[1, 0][..]));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(back(&images(MOST / 6 + 1)).0, 0);
    }

    /// The page's tests have the same data and hashes (`tests/e2e/kept.spec.js`).
    #[test]
    fn hashes_are_those_of_the_page() {
        let images = Images::new(vec![0, 8, 16, 4], 16, [1, 2, 2], vec![7]).unwrap();
        let classed = UserData::Classed { points: vec![1.0, -2.5], classes: vec![1] };
        let all = [
            (UserData::Points(vec![1.0, -2.5]), "787d66f8"),
            (classed, "a66919fb"),
            (UserData::Images(images), "7cd3b41f"),
            (UserData::Text("Ärger, 🐍\n".into()), "6ceb9762"),
        ];
        for (user, hash) in all {
            let about = About::new(&crate::exhibits::vae::CARD, Some(&user), None, None);
            assert_eq!(about.hash, hash, "{user:?}");
        }
    }

    #[test]
    fn what_is_no_data_is_refused() {
        let mut saved = tensors(&crate::exhibits::vae::CARD, Some(&images(5)), &Inputs::default());
        for values in
            [vec![], vec![5, 2, 3], vec![5, 2, 3, 0, 0], vec![5, 2, 4, 16, 30, 0], vec![u32::MAX; 9]]
        {
            saved[0].values = SavedValues::U32(values);
            assert_eq!(given(&saved).unwrap_err().code(), "bad-file");
        }
    }

    #[test]
    fn other_data_are_told_apart() {
        let card = &crate::exhibits::vae::CARD;
        let about = |user: Option<&UserData>, alphabet: &str| {
            About::new(card, user, None, (!alphabet.is_empty()).then(|| alphabet.into()))
        };
        let compare = |here: &About, file: &About| {
            let metadata = file.metadata();
            here.compare(&|key| metadata.iter().find(|m| m.0 == key).map(|m| m.1.clone()))
        };
        let (five, six, none) = (about(Some(&images(5)), ""), about(Some(&images(6)), ""), about(None, ""));
        assert_eq!(compare(&five, &five), Ok(None));
        assert_eq!(compare(&none, &none), Ok(None));
        assert!(compare(&six, &five).unwrap().unwrap().contains("5 images of 2 × 3 pixels"));
        assert!(compare(&none, &five).unwrap_err().to_string().contains("5 images of 2 × 3 pixels"));
        assert!(compare(&five, &none).unwrap().unwrap().contains("a set of the exhibit's own"));
        let other = Images::new(vec![0; 20], 16, [5, 2, 2], vec![]).unwrap();
        assert!(compare(&about(Some(&UserData::Images(other)), ""), &five).is_err());
        let error = compare(&about(None, "abd"), &about(None, "abc")).unwrap_err().to_string();
        assert!(error.contains("\"c\"") && error.contains("\"d\""), "{error}");
        assert_eq!(five.compare(&|_| None), Ok(None));
    }
}
