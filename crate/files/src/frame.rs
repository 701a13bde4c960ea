//! What is seen of an image: which square of it, on which ground.

use alloc::vec::Vec;

/// What is cut out of each image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crop {
    /// Nothing: a longer edge leaves margins beside the shorter one.
    #[default]
    Whole,
    /// The square in the middle.
    Middle,
    /// The square around the ink, with a margin as MNIST has it.
    Ink,
}

/// Most levels by which a pixel of the ground may differ from it.
const NEAR: u8 = 25;
/// Levels by which ink differs from the ground at least.
const INK: u8 = 48;

/// The ground of an image, if it has one: its rim is of one brightness, and much of the rest, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ground {
    /// Its brightness.
    pub level: u8,
    /// Whether what lies on it is darker.
    pub light: bool,
}

/// Finds the ground of an image, `[height, width]`.
pub(crate) fn ground(image: &[u8], height: usize, width: usize) -> Option<Ground> {
    // How often each level is in the rim and in all of it: cheaper than sorting, for the time and for the download.
    let (mut rim, mut all) = ([0usize; 256], [0usize; 256]);
    for (y, row) in image.chunks_exact(width).enumerate() {
        for (x, &p) in row.iter().enumerate() {
            all[usize::from(p)] += 1;
            rim[usize::from(p)] += usize::from(y == 0 || y == height - 1 || x == 0 || x == width - 1);
        }
    }
    let outer: usize = rim.iter().sum();
    let mut below = 0;
    let median = rim.iter().position(|count| {
        below += count;
        2 * below > outer
    });
    let level = median.unwrap_or_default() as u8;
    let near = usize::from(level.saturating_sub(NEAR))..=usize::from(level.saturating_add(NEAR));
    let (even, much): (usize, usize) = (rim[near.clone()].iter().sum(), all[near].iter().sum());
    if 5 * even < 4 * outer || 5 * much < 2 * image.len() {
        return None;
    }
    let (mut sum, mut ink) = (0u64, 0u64);
    for &p in image.iter().filter(|p| p.abs_diff(level) > NEAR) {
        sum += u64::from(p);
        ink += 1;
    }
    let light = if ink == 0 { level > 127 } else { u64::from(level) * ink > sum };
    Some(Ground { level, light })
}

/// Puts the square of an image that is seen into `out`, and gives its side. Beyond the image lies its ground,
/// or its outermost pixels where it has none.
pub(crate) fn cut(
    image: &[u8],
    [height, width]: [usize; 2],
    ground: Option<Ground>,
    crop: Crop,
    out: &mut Vec<u8>,
) -> usize {
    let middle = |span: usize| {
        let start = |edge: usize| (edge as isize - span as isize).div_euclid(2);
        ([start(height), start(width)], span)
    };
    let ([top, left], span) = match (crop, ground) {
        (Crop::Middle, _) => middle(height.min(width)),
        (Crop::Ink, Some(ground)) => {
            around(image, [height, width], ground.level).unwrap_or_else(|| middle(height.max(width)))
        }
        _ => middle(height.max(width)),
    };
    out.clear();
    out.reserve(span * span);
    for y in top..top + span as isize {
        for x in left..left + span as isize {
            let inside = (0..height as isize).contains(&y) && (0..width as isize).contains(&x);
            out.push(match ground {
                Some(ground) if !inside => ground.level,
                _ => {
                    let y = y.max(0).min(height as isize - 1) as usize;
                    let x = x.max(0).min(width as isize - 1) as usize;
                    image[y * width + x]
                }
            });
        }
    }
    span
}

/// The square around the ink: its corner and its side. The margin is a fifth of the ink's longer edge on
/// each side, as the digits of MNIST have 20 of 28 pixels.
fn around(image: &[u8], [height, width]: [usize; 2], level: u8) -> Option<([isize; 2], usize)> {
    let (mut first, mut last) = ([height, width], [0, 0]);
    let mut any = false;
    for y in 0..height {
        for x in 0..width {
            if image[y * width + x].abs_diff(level) >= INK {
                any = true;
                for (axis, at) in [y, x].into_iter().enumerate() {
                    first[axis] = first[axis].min(at);
                    last[axis] = last[axis].max(at);
                }
            }
        }
    }
    if !any {
        return None;
    }
    let edges = [0, 1].map(|axis| last[axis] + 1 - first[axis]);
    let longest = edges[0].max(edges[1]);
    let span = longest + 2 * longest.div_ceil(5);
    let corner = [0, 1].map(|axis| first[axis] as isize - (span - edges[axis]) as isize / 2);
    Some((corner, span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// A square of ink on a ground.
    fn drawing(height: usize, width: usize, ground: u8, ink: u8) -> Vec<u8> {
        let mut image = vec![ground; height * width];
        for y in height / 3..2 * height / 3 {
            for x in width / 3..2 * width / 3 {
                image[y * width + x] = ink;
            }
        }
        image
    }

    #[test]
    fn grounds_are_dark_light_or_none() {
        for (level, ink, light) in [(0, 255, false), (255, 0, true), (120, 10, true), (120, 250, false)] {
            assert_eq!(ground(&drawing(20, 30, level, ink), 20, 30), Some(Ground { level, light }));
        }
        let photo: Vec<u8> = (0..400u32).map(|i| (i * 97 % 256) as u8).collect();
        assert_eq!(ground(&photo, 20, 20), None);
        assert_eq!(ground(&[255; 9], 3, 3), Some(Ground { level: 255, light: true }));
    }

    #[test]
    fn margins_are_of_the_ground() {
        let image = drawing(6, 2, 200, 0);
        let mut out = Vec::new();
        assert_eq!(cut(&image, [6, 2], Some(Ground { level: 200, light: true }), Crop::Whole, &mut out), 6);
        assert!((0..6).all(|y| [0, 1, 4, 5].iter().all(|x| out[y * 6 + x] == 200)));
        assert_eq!(cut(&[1, 2, 3, 4], [1, 4], None, Crop::Whole, &mut out), 4);
        assert_eq!(out, [1, 2, 3, 4].repeat(4));
        assert_eq!(cut(&[1, 2, 3, 4], [1, 4], None, Crop::Middle, &mut out), 1);
        assert_eq!(out, [2]);
    }

    #[test]
    fn ink_is_framed_as_in_mnist() {
        // Ink of 10 × 5 in the corner of 100 × 60: 14 × 14 around it.
        let mut image = vec![0; 6000];
        for y in 0..10 {
            for x in 0..5 {
                image[y * 60 + x] = 255;
            }
        }
        let dark = Some(Ground { level: 0, light: false });
        let mut out = Vec::new();
        assert_eq!(cut(&image, [100, 60], dark, Crop::Ink, &mut out), 14);
        let inked = |at: &usize| (2..12).contains(&(at / 14)) && (4..9).contains(&(at % 14));
        assert!((0..196).all(|at| out[at] == if inked(&at) { 255 } else { 0 }));
    }
}
