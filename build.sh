#!/usr/bin/env bash
# Sets Tilde up, builds, serves and tests it. `./build.sh help` lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly node_at_least=20
readonly wasm_pack_version=0.15.1
# Bytes, gzip -9, that each file may have, a visit of an exhibit on the CPU, and all exhibits with its engine. What a first
# visit may download is in tests/e2e/bytes.spec.js.
readonly engine_budget=58000 gpu_budget=110000 file_budget=110000 visit_budget=207000 tour_budget=600000
# Whether somebody waits to see an edit.
hurry=
readonly stamps=target/stamps logs=target/logs
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
# End to end a browser without a window is enough: a page costs it two thirds of the work.
export E2E_CHROMIUM="${E2E_CHROMIUM:-${CHROMIUM:-/usr/bin/chromium-headless-shell}}"
export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"

usage() {
  cat <<'TXT'
./build.sh          set up what is missing, build, and serve the playground
./build.sh build    the same without serving; both take --only ID, to build what one exhibit needs
./build.sh test     everything that must hold: formats, lints, documentation, tests on every backend, byte budget
./build.sh slow     the long tests: every exhibit trained to the gates of its card
./build.sh bench    training speed in the browser beside other libraries; writes docs/benchmarks.md
./build.sh bytes    where the bytes of the modules are; writes docs/bytes.md
./build.sh pictures the small pictures of the contents, each from a real run of the native command
./build.sh weights  weights that the site ships, trained by the native command: a quarter of an hour each
./build.sh dist     the folder dist/, to upload to any static host
TXT
}

# ---------------------------------------------------------------- talking

say() { printf '\n== %s\n' "$*"; }

stop() {
  printf '%s\n' "$*" >&2
  exit 1
}

# timed WORDS COMMAND…: says what is being done, does it, and says how long it took.
timed() {
  local words=$1 start=$SECONDS
  shift
  say "$words"
  "$@"
  printf '   %s s\n' $((SECONDS - start))
}

# ---------------------------------------------------------------- what is already made

# One hash of the contents and names of files and folders.
digest() {
  find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# is_made NAME DIGEST: whether NAME was last made from inputs of this digest.
is_made() { [[ -f $stamps/$1 && $(<"$stamps/$1") == "$2" ]]; }

set_made() {
  mkdir -p "$stamps"
  printf '%s\n' "$2" >"$stamps/$1"
}

# ---------------------------------------------------------------- set-up

need_tools() {
  command -v cargo >/dev/null && command -v rustup >/dev/null ||
    stop "Tilde needs Rust with rustup: install it from https://rustup.rs and run this again."
  local major
  major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)
  ((${major:-0} >= node_at_least)) ||
    stop "Tilde needs Node.js $node_at_least or newer: install it from https://nodejs.org and run this again."
}

# The version of a crate in Cargo.lock, so that it is written in one place only.
locked_version() {
  awk -v want="\"$1\"" '$1 == "name" { name = $3 } $1 == "version" && name == want { gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

need_targets() {
  local target
  for target in "$@"; do
    rustup target list --installed | grep -qx "$target" ||
      timed "adding the Rust target $target" rustup target add "$target"
  done
}

need_wasm_tools() {
  need_targets wasm32-unknown-unknown
  local bindgen
  bindgen=$(locked_version wasm-bindgen)
  # Without --locked: the tool's own lock file may name versions that a registry no longer serves.
  [[ $(wasm-bindgen --version 2>/dev/null) == "wasm-bindgen $bindgen" ]] ||
    timed "installing wasm-bindgen-cli $bindgen (about 6 minutes on two cores, once)" \
      cargo install wasm-bindgen-cli --version "=$bindgen"
  [[ $(wasm-pack --version 2>/dev/null) == "wasm-pack $wasm_pack_version" ]] ||
    timed "installing wasm-pack $wasm_pack_version (about 4 minutes on two cores, once)" \
      cargo install wasm-pack --version "=$wasm_pack_version"
}

# need_npm FOLDER: its packages, exactly as its lock file names them.
need_npm() {
  local lock name
  lock=$(digest "$1/package-lock.json")
  name="npm-${1//\//-}"
  [[ -d $1/node_modules ]] && is_made "$name" "$lock" && return
  timed "installing the npm packages of $1/package-lock.json" npm --prefix "$1" ci --no-audit --no-fund
  set_made "$name" "$lock"
}

# Debian's Chromium, whole and without a window, with the driver of the same version, and a Vulkan driver that needs no GPU.
need_browser() {
  local packages=()
  [[ -x $CHROMIUM ]] || packages+=(chromium fonts-liberation)
  # All three are of one version.
  [[ -x $E2E_CHROMIUM ]] || packages+=(chromium chromium-driver chromium-headless-shell)
  command -v chromedriver >/dev/null || packages+=(chromium-driver)
  [[ -n $(vulkan_driver) ]] || packages+=(mesa-vulkan-drivers)
  ((${#packages[@]})) || return 0
  local install="apt-get install -y --no-install-recommends ${packages[*]}"
  command -v apt-get >/dev/null || stop "The tests need these Debian packages or their like: ${packages[*]}."
  local as=()
  if ((EUID)); then
    command -v sudo >/dev/null || stop "The tests need more packages. Run this as root, then try again: apt-get update && $install"
    as=(sudo)
  fi
  timed "reading the package lists" "${as[@]}" apt-get update -q
  # shellcheck disable=SC2086 # the words of the command are meant to be split
  timed "installing ${packages[*]}" "${as[@]}" env DEBIAN_FRONTEND=noninteractive $install
}

# Mesa's software driver (lavapipe), or nothing.
vulkan_driver() {
  [[ -n ${VK_DRIVER_FILES:-} ]] && printf '%s' "$VK_DRIVER_FILES" && return
  find /usr/share/vulkan/icd.d -name 'lvp_icd*.json' -print -quit 2>/dev/null || true
}

# ---------------------------------------------------------------- building

# Every browser with SIMD has these too; nothing newer.
readonly base_features="bulk-memory mutable-globals sign-ext nontrapping-float-to-int reference-types multivalue"
readonly profile=(--profile wasm-release)

# with_flags FEATURES COMMAND…: compiles for these target features, in a target folder of their own: in
# one folder the sets would evict each other.
with_flags() {
  local flag rustflags='' target=simd
  for flag in $1; do rustflags+=" -C target-feature=+$flag"; done
  [[ $1 == *relaxed* ]] && target=relaxed
  RUSTFLAGS=$rustflags CARGO_TARGET_DIR="$PWD/target/$target" "${@:2}"
}

# optimise FILE OUT FEATURES PASS…: for size, since the loops are already as the compiler wants them. Inlining
# what has one caller makes a module smaller and its gzip larger, so it is limited. The first kilobyte of
# memory is the far end of the stack: no object lies there, so that small offsets fold into loads. Functions
# of like names are alike, and side by side they compress better.
optimise() {
  local flag opt=()
  for flag in $3 $base_features; do opt+=("--enable-${flag/simd128/simd}"); done
  node_modules/.bin/wasm-opt --low-memory-unused "${@:4}" -ocimfs 1 -Os --reorder-functions-by-name \
    --strip-producers --strip-target-features "${opt[@]}" "$1" -o "$2"
}

# Blocks and branches made anew, and a second round: smaller by a hundredth, where no kernel depends on them, and it
# takes twice as long.
readonly twice=(--flatten --rereloop -Os --gufa)

# module CRATE FEATURES ARGUMENT…: compiles the wasm module of a crate for these target features. As a cdylib alone:
# beside the rlib, which the tests link, cargo leaves the link-time optimisation of the profile out.
module() {
  with_flags "$2" cargo rustc "${profile[@]}" -p "tilde-${1#crate/}" --lib --crate-type cdylib \
    --target wasm32-unknown-unknown "${@:3}"
}

# bindgen OUT CRATE FEATURES: the folder OUT, a module that talks to JavaScript through wasm-bindgen. What
# it was before wasm-opt stays in target/names, with the names of its functions.
bindgen() {
  local out=$1 crate=$2 features=$3 name=tilde_${2#crate/}
  module "$crate" simd128 --no-default-features --features "$features"
  wasm-bindgen --target web --out-dir "$out" "target/simd/wasm32-unknown-unknown/wasm-release/$name.wasm"
  keep_names "$out" "$out/${name}_bg.wasm"
  optimise "$out/${name}_bg.wasm" "$out/${name}_bg.wasm" simd128 "${twice[@]}"
  minify_glue "$out/$name.js"
}

# minify_glue FILE: JavaScript that wasm-bindgen wrote.
minify_glue() {
  node_modules/.bin/esbuild "$1" --minify --format=esm --log-level=warning --allow-overwrite --outfile="$1"
}

# keep_names OUT FILE: FILE, for `./build.sh bytes`.
keep_names() {
  mkdir -p target/names
  cp "$2" "target/names/${1//\//-}.wasm"
}

# exhibits_module FEATURES: pkg/exhibits, one module that is divided after it was compiled and optimised as a whole:
# what every exhibit needs is in the main one, and the rest in parts that are fetched when one of them is opened.
# exhibits_module FEATURES PASS…
exhibits_module() {
  local out=pkg/exhibits work=target/exhibits part
  local linked=target/simd/wasm32-unknown-unknown/wasm-release/tilde_web.wasm
  # By the relocations it is known what refers to what.
  module crate/web simd128 --no-default-features --features "$1" -- -C link-arg=--emit-relocs
  rm -rf $out $work target/names/pkg-exhibits-*
  mkdir -p $work
  node www/tools/split.mjs unlink $linked $work/tilde_web.wasm
  wasm-bindgen --no-demangle --target web --out-dir $out $work/tilde_web.wasm
  # Functions that are alike stay apart: each belongs to its own exhibits.
  optimise $out/tilde_web_bg.wasm $work/all.wat simd128 \
    -g --emit-text --skip-pass=duplicate-function-elimination "${@:2}"
  node www/tools/split.mjs divide $linked $work/all.wat target/cards.json $work $out
  for part in $work/named/*.wasm; do keep_names "$out/$(basename "$part" .wasm)" "$part"; done
  minify_glue $out/tilde_web.js
}

# plain_engine NAME FEATURES: pkg/engine/NAME.wasm, the CPU's engine without wasm-bindgen. Kernels are inlined and
# made vectors when the module is linked, at the level of its last crate: for size, training takes twice as long.
plain_engine() {
  local out=pkg/engine/$1 target=simd
  [[ $2 == *relaxed* ]] && target=relaxed
  module crate/engine "$2" --features cpu --config 'profile.wasm-release.package.tilde-engine.opt-level = 2'
  mkdir -p pkg/engine
  keep_names "$out" "target/$target/wasm32-unknown-unknown/wasm-release/tilde_engine.wasm"
  optimise "target/names/${out//\//-}.wasm" "$out.wasm" "$2" -Os --gufa
}

# The registry (crate/models/src/exhibits.rs): a line for each exhibit with its feature, its id and what it takes.
registry() {
  sed -nE 's/^ +"([a-z-]+)" (plain|tensors) (\w+)(::\w+)?;$/\1 \3 \2/p' crate/models/src/exhibits.rs
}

# The features that exhibits belong to, each once.
chapters() { registry | cut -d' ' -f1 | awk '!seen[$0]++'; }

# What an engine is made of. (The list of crates names what cargo would look at.)
engine_inputs() { printf '%s\n' Cargo.toml Cargo.lock .cargo crate/engine crate/graph/{Cargo.toml,src} "$@"; }

# What a module of crate/web is made of: not the gates, which are for the command alone.
web_inputs() {
  printf '%s\n' Cargo.toml Cargo.lock .cargo www/tools/{split,split.mjs,wasm.mjs} crate/{graph,web}/{Cargo.toml,src} crate/models/Cargo.toml
  find crate/models/src -type f ! -path 'crate/models/src/bin/*' ! -path 'crate/models/src/evaluate*' "$@"
}

# made NAME OUT INPUTS COMMAND…: runs the command, a function, unless OUT is there and the same command made
# it from the same inputs.
made() {
  is_fresh "$@" && return
  timed "building $1" "${@:4}"
  set_made "$1" "$(inputs_of "${@:3}")"
}

# is_fresh NAME OUT FILES COMMAND…: whether it is as COMMAND would make it now.
is_fresh() { [[ -e $2 ]] && is_made "$1" "$(inputs_of "${@:3}")"; }

# inputs_of FILES COMMAND…
inputs_of() {
  # shellcheck disable=SC2086 # one word a file
  rustc --version && declare -f with_flags module optimise "$2" | sha256sum && echo "${@:2}" && digest $1
}

write_cards() {
  mkdir -p pkg
  cargo run -q --profile cards -p tilde-models --features cards --bin cards >target/cards.json
  # For TypeScript, which checks that they are what the page takes them for.
  { echo 'import type { Card } from "../www/protocol.js";' && echo "export const cards: Omit<Card, \"parts\">[] = $(<target/cards.json);"; } >target/cards.ts
}

build_cards() {
  made cards target/cards.json "Cargo.toml Cargo.lock crate/graph/src crate/models/Cargo.toml crate/models/src" write_cards
}

# The small pictures of the contents that are missing: those of new exhibits.
build_missing_pictures() {
  local id rest
  while read -r id rest; do
    [[ -f www/pictures/$id.svg ]] || run_pictures "$id"
  done < <(picture_runs)
}

# build_engine NAME: simd, relaxed, or gpu.
build_engine() {
  case $1 in
    simd) made engine-simd pkg/engine/simd.wasm "$(engine_inputs crate/cpu)" plain_engine simd simd128 ;;
    relaxed) made engine-relaxed pkg/engine/relaxed.wasm "$(engine_inputs crate/cpu)" plain_engine relaxed "simd128 relaxed-simd" ;;
    gpu) made engine-gpu pkg/engine/gpu/tilde_engine_bg.wasm "$(engine_inputs crate/gpu)" bindgen pkg/engine/gpu crate/engine gpu ;;
  esac
}

# build_module NAME: pkg/NAME, the module of crate/web that has this feature.
build_module() {
  local own=() exhibit without=()
  [[ $1 != files ]] || own=(crate/files/{Cargo.toml,src})
  [[ $1 != plan ]] || own=(crate/gpu/{Cargo.toml,build.rs,src})
  # No exhibit is in it: whoever edits one need not wait for it.
  for exhibit in $(registry | cut -d' ' -f2); do without+=(! -path "crate/models/src/$exhibit/*"); done
  made "$1" "pkg/$1/tilde_web_bg.wasm" "$(web_inputs "${without[@]}" && printf '%s\n' "${own[@]}")" \
    bindgen "pkg/$1" crate/web "$1"
}

# build_exhibits FEATURES: pkg/exhibits, and the cards, which say what each exhibit has there.
build_exhibits() {
  local files what
  files=$(web_inputs ! -path 'crate/models/src/bench/*')
  what=(exhibits pkg/exhibits/tilde_web_bg.wasm "$files" exhibits_module "$1")
  # Whoever waits for an edit gets what was optimised once; what is tested and shipped is optimised twice.
  if [[ -z $hurry ]]; then
    made "${what[@]}" "${twice[@]}"
  elif ! is_fresh "${what[@]}" "${twice[@]}"; then
    made "${what[@]}"
  fi
  node www/tools/split.mjs cards target/cards.json target/exhibits/parts.json pkg/cards.json
}

build() {
  local engine
  need_tools
  need_npm .
  need_wasm_tools
  build_cards
  build_missing_pictures
  for engine in simd relaxed gpu; do build_engine $engine; done
  build_exhibits "$(chapters | paste -sd,)"
  build_module files
  build_module plan
  # The benchmark's tasks are in a module of their own, which no visitor downloads.
  build_module bench
  npm run --silent build
}

# build_only ID: what this exhibit needs on the CPU, and no more than it and its neighbours of the lecture.
build_only() {
  local chapter kind engine
  read -r chapter kind < <(registry | awk -v id="${1//-/_}" '$2 == id { print $1, $3 }') || true
  [[ -n $chapter ]] || stop "There is no exhibit '$1'. There are: $(registry | cut -d' ' -f2 | tr '_\n' '- ')"
  need_tools
  need_npm .
  need_wasm_tools
  build_cards
  build_missing_pictures
  [[ $kind == plain ]] || for engine in simd relaxed; do build_engine $engine; done
  build_exhibits "$chapter"
  build_module files
  [[ $kind == plain ]] || build_module plan
  npm run --silent build
}

# build_what [--only ID]
build_what() {
  if [[ ${1:-} == --only ]]; then build_only "${2:?"name an exhibit: --only vae"}"; else build; fi
}

# ---------------------------------------------------------------- testing

failed=()

# stage NAME COMMAND…: one part of the tests under a heading, with its time. A failure is kept for
# the end, so that one run shows everything that is wrong.
stage() {
  local name=$1 start=$SECONDS status
  shift
  say "$name"
  # Not `if ( … )`: inside a condition bash ignores `set -e`, and a failure in the middle of a
  # stage would be lost.
  set +e
  (
    set -e
    "$@"
  ) 2>&1 | tee "$logs/$name.log"
  status=${PIPESTATUS[0]}
  set -e
  if ((status)); then failed+=("$name"); fi
  printf '   %s s\n' $((SECONDS - start))
}

# The gates are found by a build script, so cargo does not know their files.
format_check() {
  cargo fmt --check
  rustfmt --check --edition 2024 crate/evaluate/src/gates/*.rs
}

lint_native() { cargo clippy --workspace --all-targets -- -D warnings; }

# The GPU crate's own tests are native: they run on Vulkan.
lint_wasm() {
  local feature lint=(cargo clippy --target wasm32-unknown-unknown --target-dir target/simd)
  "${lint[@]}" -p tilde-gpu -p tilde-web --lib -- -D warnings
  for feature in cpu gpu; do "${lint[@]}" -p tilde-engine --lib --features $feature -- -D warnings; done
  for feature in $(chapters) files plan bench; do
    "${lint[@]}" -p tilde-web --lib --no-default-features --features "$feature" -- -D warnings
  done
  "${lint[@]}" -p tilde-web --tests -- -D warnings
}

# Every link in the documentation leads somewhere, in that of private items, too.
docs() { RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items; }

# A target that has no std at all: what builds for it needs only `alloc`.
no_std() { cargo build -p tilde-graph -p tilde-cpu -p tilde-models -p tilde-files --target wasm32v1-none; }

# Without the variable the GPU tests would pass where there is no adapter, having checked nothing.
test_native() { TILDE_REQUIRE_GPU=1 VK_DRIVER_FILES=$(vulkan_driver) cargo test --workspace; }

# bytes FILE…: gzipped, together.
bytes() {
  local file sum=0
  for file; do ((sum += $(gzip -9 -c "$file" | wc -c))); done
  echo $sum
}

# within WORDS BYTES ALLOWED
within() {
  echo "$1: $2 bytes gzipped, $3 allowed"
  (($2 <= $3))
}

budget() {
  local file id engine parts over=0
  for file in pkg/engine/{simd,relaxed}.wasm; do within "$file" "$(bytes $file)" $engine_budget || over=1; done
  file=pkg/engine/gpu/tilde_engine_bg.wasm
  within $file "$(bytes $file)" $gpu_budget || over=1
  for file in pkg/exhibits/*.wasm pkg/{files,plan}/tilde_web_bg.wasm; do within "$file" "$(bytes "$file")" $file_budget || over=1; done
  # What computes without tensors fetches no engine.
  while read -r id engine parts; do
    # shellcheck disable=SC2086 # one word a file
    within "a visit of $id on the CPU" "$(bytes $engine pkg/exhibits/tilde_web_bg.wasm $parts)" $visit_budget || over=1
  done < <(node -p 'JSON.parse(fs.readFileSync("pkg/cards.json")).map(({ id, tensors, parts }) =>
    [id, tensors ? "pkg/engine/relaxed.wasm" : "/dev/null", ...parts.map((part) => `pkg/exhibits/${part}.wasm`)].join(" ")).join("\n")')
  within "the CPU's engine and all exhibits" "$(bytes pkg/engine/relaxed.wasm pkg/exhibits/*.wasm)" $tour_budget || over=1
  ((!over)) || stop "A visitor would wait for too many bytes: make the module smaller."
}

test_browser() {
  CARGO_TARGET_DIR="$PWD/target/simd" CHROMEDRIVER=$(command -v chromedriver) WASM_BINDGEN_TEST_TIMEOUT=120 \
    wasm-pack test --headless --chrome --mode no-install crate/web
}

# The lines in which cargo and Playwright sum up, without cargo's many empty suites.
summaries() {
  grep -hE '^test result: |^ +[0-9]+ (passed|failed|flaky|skipped|did not run)' "$logs"/*.log |
    grep -vF ' 0 passed; 0 failed; ' || true
}

run_tests() {
  local start=$SECONDS
  need_tools
  need_browser
  need_npm .
  need_wasm_tools
  need_targets wasm32v1-none
  mkdir -p "$logs"
  rm -f "$logs"/*.log
  stage format format_check
  stage format-js npm run --silent format:check
  stage circles npm run --silent circles
  stage split npm run --silent split
  stage lint-native lint_native
  stage lint-wasm lint_wasm
  stage docs docs
  stage no-std no_std
  stage native test_native
  stage new-exhibit tests/structure/new-exhibit.sh
  stage build build
  stage budget budget
  stage vectors npm run --silent vectors
  stage types npm run --silent check
  stage browser test_browser
  stage end-to-end npm run --silent e2e
  say "summary after $(((SECONDS - start) / 60)) minutes"
  summaries
  ((${#failed[@]} == 0)) || stop "Failed: ${failed[*]}. The full output is in $logs."
}

run_slow() {
  build
  need_browser
  timed "training every exhibit to its gates" \
    cargo run --release -p tilde -- evaluate all --json
  timed "runs at full size are functions of their steps" \
    cargo test -p tilde-models --test every_exhibit -- --ignored
  timed "a million files for each reader" cargo test --release -p tilde-files --test fuzz -- --ignored --nocapture
  timed "a million files of weights" cargo test --release -p tilde --bin tilde -- --ignored a_million_files
  timed "a new exhibit in the browser" tests/structure/new-exhibit.sh browser
  timed "end-to-end tests that measure time" npm run --silent e2e:slow
}

run_bench() {
  build
  need_browser
  need_npm tests/bench
  node tests/bench/run.mjs "$@"
}

# ---------------------------------------------------------------- pictures

# For each exhibit its id, and view, steps and changed settings of the run that is drawn: those of
# www/pictures/runs.txt, or the card's first view after all its steps.
picture_runs() {
  node -p '
    const listed = fs.readFileSync("www/pictures/runs.txt", "utf8").split("\n").filter((line) => /^[^#\s]/.test(line));
    const others = JSON.parse(fs.readFileSync("target/cards.json")).filter(({ id }) => !listed.some((line) => line.startsWith(`${id} `)));
    [...listed, ...others.map(({ id, views, budget }) => `${id} ${views[0].id} ${budget}`)].join("\n")'
}

picture() {
  local id=$1 view=$2 steps=$3 change changes=()
  for change in "${@:4}"; do changes+=(--set "$change"); done
  cargo run -q --release -p tilde -- view "$id" --view "$view" --steps "$steps" "${changes[@]}" --out "www/pictures/$id.svg"
}

# each LISTING WORDS JOB [NAME…]: the job for each line of a listing, a name and what belongs to it; with names for those.
each() {
  local listing=$1 words=$2 job=$3 name rest
  shift 3
  build_cards
  while read -r name rest; do
    (($# == 0)) || [[ " $* " == *" $name "* ]] || continue
    # shellcheck disable=SC2086 # the words of the line are meant to be split
    timed "$words $name" "$job" "$name" $rest </dev/null
  done < <("$listing")
}

# run_pictures [ID…]: without a name all of them, which takes some minutes.
run_pictures() { each picture_runs "drawing the picture of" picture "$@"; }

# ---------------------------------------------------------------- weights

# For each experiment that begins from weights: their name, exhibit, steps, and settings.
shipped_weights() {
  node -p '
    JSON.parse(fs.readFileSync("target/cards.json")).flatMap(({ id, experiments }) => experiments
      .filter(({ weights }) => weights)
      .map(({ weights, steps, settings }) => [weights, id, steps, ...settings.map((pair) => pair.join("="))].join(" "))).join("\n")'
}

train_weights() {
  local name=$1 id=$2 steps=$3 change changes=()
  for change in "${@:4}"; do changes+=(--set "$change"); done
  mkdir -p www/weights
  cargo run -q --release -p tilde -- train "$id" --steps "$steps" "${changes[@]}" --save-average "www/weights/$name.safetensors"
  gzip -9nf "www/weights/$name.safetensors"
}

# run_weights [NAME…]: without a name all of them.
run_weights() { each shipped_weights "training the weights" train_weights "$@"; }

# ---------------------------------------------------------------- commands

command=${1:-serve}
(($#)) && shift
case $command in
  serve)
    hurry=1
    build_what "$@"
    [[ ${1:-} != --only ]] || shift 2
    exec npm run --silent serve -- "$@"
    ;;
  build) build_what "$@" ;;
  bytes)
    build
    node www/tools/bytes.mjs >docs/bytes.md
    ;;
  test) if [[ ${1:-} == slow ]]; then run_slow; else run_tests; fi ;;
  slow) run_slow ;;
  bench) run_bench "$@" ;;
  pictures) run_pictures "$@" ;;
  weights) run_weights "$@" ;;
  dist)
    build
    npm run --silent dist
    ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
