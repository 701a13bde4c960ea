//! A progress bar, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of steps with the rate and the time left, on standard error; nothing where that is no
/// terminal.
pub fn bar(steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} steps  {per_sec}  {eta} left");
    ProgressBar::new(steps).with_style(style.expect("the template is well formed"))
}
