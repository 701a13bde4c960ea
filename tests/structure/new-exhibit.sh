#!/usr/bin/env bash
# A new exhibit, made by `tilde new` in a scratch copy of this repository, passes what is asked of every
# exhibit, and making it changes one existing file. With `browser` its page is tested, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly id=scratch copy=target/new-exhibit/copy

# The copy keeps the files' times, so that what has not changed is not compiled again.
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 -I{} sh -c 'test -e "$1" && printf "%s\0" "$1"' _ {} |
  xargs -0 cp -p --parents -t "$copy"

cargo build -q -p tilde
tilde=$PWD/target/debug/tilde
original=$PWD
cd "$copy"
"$tilde" new $id

# Existing files that differ; those that are only in the copy are new.
changed=$(git -C "$original" ls-files | while read -r file; do cmp -s "$original/$file" "$file" || echo "$file"; done)
if [[ $changed != crate/models/src/exhibits.rs ]]; then
  echo "A new exhibit should change crate/models/src/exhibits.rs and nothing else, but it changed:" "$changed" >&2
  exit 1
fi

# Without optimisation: it is compiled in a quarter of the time, and the exhibit is small.
export CARGO_TARGET_DIR=$original/target/new-exhibit/build CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=none
cargo fmt --check
rustfmt --check --edition 2024 crate/evaluate/src/gates/$id.rs
cargo test -q -p tilde-models --test every_exhibit -- ::$id
# Its section of docs/gates.md comes from a run of its gates, which is not part of making it.
cargo test -q -p tilde-evaluate --test tables -- --skip the_page_of_gates_has_every_gate

if [[ ${1:-} == browser ]]; then
  unset CARGO_TARGET_DIR CARGO_PROFILE_DEV_OPT_LEVEL CARGO_PROFILE_DEV_DEBUG
  ln -sfn "$original/node_modules" node_modules
  ./build.sh build --only $id
  npx playwright test -c tests/e2e/playwright.config.js -g " $id:"
fi
