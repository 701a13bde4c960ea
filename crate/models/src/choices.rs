//! Ids of a card as values of the code.
//!
//! A card names choices, pictures, inputs and phases by ids. The code that answers for them is a `match`
//! over an enum, which the compiler holds complete; [`choices!`](crate::choices!) writes the ids and the enum in one table.

use crate::Error;
use alloc::format;

/// An enum whose values have ids.
pub trait Choices: Copy + PartialEq + 'static {
    /// The ids, in the card's order.
    const IDS: &'static [&'static str];
    /// The values, in the same order.
    const ALL: &'static [Self];

    /// The value of an id.
    ///
    /// # Errors
    /// [`Error::BadData`], which names the ids that there are. `what` is the word for one of them:
    /// "view", "phase", "action".
    fn from_id(what: &str, id: &str) -> Result<Self, Error> {
        find(Self::IDS, what, id).map(|i| Self::ALL[i])
    }

    /// The id of the value.
    fn id(self) -> &'static str {
        let i = Self::ALL.iter().position(|value| *value == self);
        i.map_or("", |i| Self::IDS[i])
    }
}

/// The place of an id among others. Outside of the trait, so that it is in a module once.
fn find(ids: &[&str], what: &str, id: &str) -> Result<usize, Error> {
    let found = ids.iter().position(|known| *known == id);
    found.ok_or_else(|| {
        Error::BadData(match ids {
            [] => format!("There is no {what} '{id}': this exhibit has none."),
            _ => format!("There is no {what} '{id}'. There are: {}.", ids.join(", ")),
        })
    })
}

/// Of what an exhibit has none: phases, say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {}

impl Choices for Nothing {
    const IDS: &'static [&'static str] = &[];
    const ALL: &'static [Nothing] = &[];
}

/// Declares enums with an id for each of their values, and with what the card says of each, if anything:
/// a [`View`](crate::card::View) or an [`Action`](crate::card::Action) but for its id.
///
/// ```
/// tilde_models::choices! {
///     /// What the network predicts.
///     pub enum Prediction {
///         "velocity" => Velocity,
///         "noise" => Noise,
///     }
/// }
/// use tilde_models::Choices;
/// assert_eq!(Prediction::IDS, ["velocity", "noise"]);
/// assert_eq!(Prediction::from_id("prediction", "noise"), Ok(Prediction::Noise));
///
/// use tilde_models::card::{View, ViewKind};
/// tilde_models::choices! {
///     /// Pictures.
///     pub enum Show: View {
///         "samples" => Samples: View::main(ViewKind::Points),
///         "weights" => Weights: View::side(ViewKind::Bars),
///     }
/// }
/// assert_eq!(Show::ROWS[1], View { id: "weights", ..View::side(ViewKind::Bars) });
/// ```
#[macro_export]
macro_rules! choices {
    () => {};
    (
        $(#[$doc:meta])* $visible:vis enum $name:ident { $($(#[$note:meta])* $id:literal => $value:ident),+ $(,)? }
        $($others:tt)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visible enum $name {
            $(
                #[doc = concat!("`", $id, "`")]
                $(#[$note])*
                $value,
            )+
        }

        impl $crate::Choices for $name {
            const IDS: &'static [&'static str] = &[$($id),+];
            const ALL: &'static [$name] = &[$($name::$value),+];
        }

        $crate::choices! { $($others)* }
    };
    (
        $(#[$doc:meta])* $visible:vis enum $name:ident: $row:ident {
            $($(#[$note:meta])* $id:literal => $value:ident: $says:expr),+ $(,)?
        }
        $($others:tt)*
    ) => {
        $crate::choices! {
            $(#[$doc])* $visible enum $name { $($(#[$note])* $id => $value),+ }
            $($others)*
        }

        impl $name {
            /// What the card says of them.
            pub const ROWS: &'static [$row] = &[$($row { id: $id, ..$says }),+];
        }
    };
}
