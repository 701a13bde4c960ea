//! What a gate is held against: a figure of the exhibit, or a small expression of several.

use std::fmt;

/// An expression of an exhibit's figures. It computes itself, and prints itself for the table of gates,
/// so that the two cannot differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// The exhibit's figure of that id.
    Of(&'static str),
    /// A known number.
    Known(f64),
    /// a − b
    Minus(&'static Figure, &'static Figure),
    /// a · b
    Times(&'static Figure, &'static Figure),
    /// a / b
    Over(&'static Figure, &'static Figure),
    /// |a|
    Size(&'static Figure),
}

/// The figures of a run, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(Vec<(&'static str, f64)>);

impl Figures {
    /// Figures with their ids.
    pub fn new(figures: Vec<(&'static str, f64)>) -> Figures {
        Figures(figures)
    }

    /// The figure of that id; NaN if the run did not give it.
    pub fn of(&self, id: &str) -> f64 {
        self.0.iter().find(|f| f.0 == id).map_or(f64::NAN, |f| f.1)
    }
}

impl Figure {
    /// Its value in a run; NaN if one of the figures is missing.
    pub fn of(&self, figures: &Figures) -> f64 {
        match *self {
            Figure::Of(id) => figures.of(id),
            Figure::Known(x) => x,
            Figure::Minus(a, b) => a.of(figures) - b.of(figures),
            Figure::Times(a, b) => a.of(figures) * b.of(figures),
            Figure::Over(a, b) => a.of(figures) / b.of(figures),
            Figure::Size(a) => a.of(figures).abs(),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What has parts itself is put in parentheses inside another.
        let part = |figure: &Figure| match figure {
            Figure::Minus(..) | Figure::Times(..) | Figure::Over(..) => format!("({figure})"),
            Figure::Of(_) | Figure::Known(_) | Figure::Size(_) => figure.to_string(),
        };
        match self {
            Figure::Of(id) => f.write_str(id),
            Figure::Known(x) => write!(f, "{x}"),
            Figure::Minus(a, b) => write!(f, "{} − {}", part(a), part(b)),
            Figure::Times(a, b) => write!(f, "{} · {}", part(a), part(b)),
            Figure::Over(a, b) => write!(f, "{} / {}", part(a), part(b)),
            Figure::Size(a) => write!(f, "|{a}|"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Figure::*;
    use super::*;

    #[test]
    fn an_expression_computes_and_prints_itself() {
        let figures = Figures::new(vec![("loss", 3.0), ("reference", 5.0), ("error", 4.0)]);
        let off = Over(&Size(&Minus(&Of("loss"), &Of("reference"))), &Over(&Of("error"), &Known(2.0)));
        assert_eq!(off.of(&figures), 1.0);
        assert_eq!(off.to_string(), "|loss − reference| / (error / 2)");
        let both = Times(&Of("loss"), &Of("error"));
        assert_eq!((both.of(&figures), both.to_string()), (12.0, "loss · error".into()));
    }

    #[test]
    fn what_is_missing_is_not_a_number() {
        let figures = Figures::new(vec![("loss", 3.0)]);
        assert!(Size(&Minus(&Of("loss"), &Of("reference"))).of(&figures).is_nan());
    }
}
