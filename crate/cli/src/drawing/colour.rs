//! The page's colours, as they are in daylight: the drawing brings its own paper.

/// What everything lies on.
pub const PAPER: &str = "#efebe1";
/// The data.
pub const DATA: &str = "#0a66b7";
/// The model.
pub const MODEL: &str = "#d4550a";
/// The exact truth.
pub const TRUTH: &str = "#1d1c1a";
/// Anything else.
pub const SOFT: &str = "#6a675f";
/// Classes, as on the page.
pub const CLASSES: [&str; 10] = [
    "#332288", "#0b7a5f", "#8a6d00", "#117733", "#aa4499", "#b3303f", "#1f6fb2", "#a34d00", "#5b5b5b",
    "#882255",
];

type Rgb = [f32; 3];

const VIRIDIS: [Rgb; 6] = [
    [68.0, 1.0, 84.0],
    [65.0, 68.0, 135.0],
    [42.0, 120.0, 142.0],
    [34.0, 168.0, 132.0],
    [122.0, 209.0, 81.0],
    [253.0, 231.0, 37.0],
];
const DIVERGING: [Rgb; 3] = [[212.0, 85.0, 10.0], [255.0, 255.0, 255.0], [10.0, 102.0, 183.0]];
/// From the colour of class 0 to that of class 1, both pale.
const BETWEEN: [Rgb; 3] = [[169.0, 162.0, 205.0], [255.0, 255.0, 255.0], [152.0, 199.0, 188.0]];
/// As on the page: an energy is pale where it is low, so that it is not taken for a density.
const ENERGY: [Rgb; 4] =
    [[250.0, 247.0, 240.0], [196.0, 186.0, 220.0], [112.0, 96.0, 160.0], [38.0, 28.0, 78.0]];
const GREY: [Rgb; 2] = [[12.0, 12.0, 14.0], [250.0, 250.0, 248.0]];

/// A map of colours.
#[derive(Clone, Copy)]
pub enum Map {
    /// Amounts.
    Viridis,
    /// Energies.
    Energy,
    /// Signed quantities.
    Diverging,
    /// Probabilities of one of two classes.
    Classes,
    /// Images.
    Grey,
}

/// The colour of a share in 0..=1.
pub fn of(map: Map, share: f32) -> String {
    let stops: &[Rgb] = match map {
        Map::Viridis => &VIRIDIS,
        Map::Energy => &ENERGY,
        Map::Diverging => &DIVERGING,
        Map::Classes => &BETWEEN,
        Map::Grey => &GREY,
    };
    let at = share.clamp(0.0, 1.0) * (stops.len() - 1) as f32;
    let low = (at as usize).min(stops.len() - 2);
    let mix =
        |c: usize| (stops[low][c] + (stops[low + 1][c] - stops[low][c]) * (at - low as f32)).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}
