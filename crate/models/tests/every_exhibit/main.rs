//! What every exhibit must do, whatever it is about. One test for each exhibit of the registry and each
//! property, named `property::exhibit`, so that any of them can be run alone:
//!
//! ```sh
//! cargo test -p tilde-models --test every_exhibit -- gan2d
//! cargo test -p tilde-models --test every_exhibit -- a_run_is_a_function::vae --exact
//! ```

mod calls;
mod figures;
mod files;
mod finite;
mod function;
mod inputs;
mod kept;
mod kernels;
mod opened;
mod settings;
#[path = "../../../../tests/shipped.rs"]
mod shipped;
mod stopped;
mod trips;

use libtest_mimic::{Arguments, Trial};
use tilde_models::card::Card;
use tilde_models::exhibits;

/// A property: it panics where an exhibit lacks it.
type Property = fn(&'static Card);

const PROPERTIES: &[(&str, Property)] = &[
    ("steps_are_counted_and_figures_are_finite", calls::steps_are_counted_and_figures_are_finite),
    ("a_sample_stands_for_the_whole", figures::a_sample_stands_for_the_whole),
    ("estimates_have_errors", figures::estimates_have_errors),
    ("nothing_is_perfect_by_default", figures::nothing_is_perfect_by_default),
    ("every_view_is_a_picture", calls::every_view_is_a_picture),
    ("every_phase_steps", calls::every_phase_steps),
    ("unknown_ids_are_errors", calls::unknown_ids_are_errors),
    ("the_registry_says_who_takes_tensors", calls::the_registry_says_who_takes_tensors),
    ("experiments_can_be_run", calls::experiments_can_be_run),
    ("a_run_is_a_function", function::a_run_is_a_function),
    ("a_saved_run_continues", function::a_saved_run_continues),
    ("reset_means_the_seed_everywhere", function::reset_means_the_seed_everywhere),
    ("samples_move_nothing", function::samples_move_nothing),
    ("a_frame_is_one_round_trip", trips::a_frame_is_one_round_trip),
    ("a_frame_that_is_given_up_leaves_nothing", stopped::a_frame_that_is_given_up_leaves_nothing),
    ("a_file_with_a_part_missing_is_refused", files::a_file_with_a_part_missing_is_refused),
    ("files_may_hold_any_numbers", files::files_may_hold_any_numbers),
    ("weights_that_are_not_finite_are_reported", finite::weights_that_are_not_finite_are_reported),
    ("a_kernel_that_updates_nothing_can_be_repeated", kernels::a_kernel_that_updates_nothing_can_be_repeated),
    ("counts_of_a_file_are_counts", files::counts_of_a_file_are_counts),
    ("own_data_come_with_the_weights", kept::own_data_come_with_the_weights),
    ("painted_points_come_with_the_weights", kept::painted_points_come_with_the_weights),
    ("large_data_are_named", kept::large_data_are_named),
    ("actions_take_anything", inputs::actions_take_anything),
    ("what_is_painted_waits_for_its_choice", inputs::what_is_painted_waits_for_its_choice),
    ("every_setting_at_its_ends", settings::every_setting_at_its_ends),
    ("what_does_nothing_says_so", settings::what_does_nothing_says_so),
];

/// Those that take minutes: `./build.sh slow` has them done.
const SLOW: &[(&str, Property)] = &[
    ("a_run_is_a_function_at_full_size", function::a_run_is_a_function_at_full_size),
    ("a_saved_run_continues_at_full_size", function::a_saved_run_continues_at_full_size),
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for card in exhibits::cards() {
        for (i, &(name, property)) in PROPERTIES.iter().chain(SLOW).enumerate() {
            let trial = Trial::test(format!("{name}::{}", card.id), move || {
                property(card);
                Ok(())
            });
            trials.push(trial.with_ignored_flag(i >= PROPERTIES.len()));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}
