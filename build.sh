#!/usr/bin/env bash
# Sets Tilde up, builds, serves and tests it. `./build.sh help` lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly node_at_least=20
readonly wasm_pack_version=0.15.1
# Bytes, gzip -9: a visitor downloads the module of the part of the course and the backend that run.
readonly cpu_budget=220000 gpu_budget=245000
readonly stamps=target/stamps logs=target/logs
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"

usage() {
  cat <<'TXT'
./build.sh          set up what is missing, build, and serve the playground
./build.sh build    the same without serving
./build.sh test     everything that must hold: formats, lints, tests on every backend, byte budget
./build.sh slow     the long tests: every exhibit trained to the gates of its card
./build.sh bench    training speed in the browser beside other libraries; writes docs/benchmarks.md
./build.sh pictures the small pictures of the contents, each from a real run of the native command
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

# Debian's Chromium with the driver of the same version, and a Vulkan driver that needs no GPU.
need_browser() {
  local packages=()
  [[ -x $CHROMIUM ]] || packages+=(chromium fonts-liberation)
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

# wasm FOLDER FEATURES PARTS: pkg/FOLDER, compiled with these target features from these parts (cargo
# features) of crate/web, and optimised.
wasm() {
  local name=${1//\//-} features=$2 parts=$3 out=pkg/$1 flag
  local inputs
  inputs=$(rustc --version && digest build.sh Cargo.toml Cargo.lock .cargo crate/{graph,cpu,gpu,models,web}/{Cargo.toml,src} crate/gpu/build.rs)
  [[ -f $out/tilde_web_bg.wasm ]] && is_made "wasm-$name" "$inputs" && return
  need_wasm_tools
  local rustflags='' opt=()
  for flag in $features; do
    rustflags+=" -C target-feature=+$flag"
    opt+=("--enable-${flag/simd128/simd}")
  done
  # What rustc switches on by default, and every browser with SIMD has; nothing newer.
  for flag in bulk-memory mutable-globals sign-ext nontrapping-float-to-int reference-types multivalue; do
    opt+=("--enable-$flag")
  done
  # A target folder for each set of flags: in one folder they would evict each other.
  local target=simd
  [[ $features == *relaxed* ]] && target=relaxed
  RUSTFLAGS=$rustflags CARGO_TARGET_DIR="$PWD/target/$target" timed "building $out" \
    wasm-pack build crate/web --profile wasm-release --no-opt --mode no-install --target web \
    --no-pack --no-gitignore --out-dir "$PWD/$out" --no-default-features --features "$parts"
  # For size: the loops are already as the compiler wants them. Inlining what has one caller makes
  # the module smaller and its gzip larger, so it is limited. The first kilobyte of memory is the
  # far end of the stack: no object lies there, so that small offsets fold into loads.
  timed "optimising $out" \
    node_modules/.bin/wasm-opt -Os --low-memory-unused -ocimfs 1 -Os "${opt[@]}" "$out/tilde_web_bg.wasm" -o "$out/tilde_web_bg.wasm"
  set_made "wasm-$name" "$inputs"
}

build() {
  need_tools
  need_npm .
  # One module for each part of the course (crate/models/src/exhibits.rs) and backend.
  local part
  for part in generators foundations latents energies; do
    wasm "$part/simd" "simd128" "cpu,$part"
    wasm "$part/relaxed" "simd128 relaxed-simd" "cpu,$part"
    wasm "$part/gpu" "simd128" "gpu,$part"
  done
  # The benchmark's tasks are in a module of their own, which no visitor downloads.
  wasm bench "simd128 relaxed-simd" cpu,gpu,bench
  npm run --silent build
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

lint_native() { cargo clippy --workspace --all-targets -- -D warnings; }

# The GPU crate's own tests are native: they run on Vulkan.
lint_wasm() {
  local backend lint=(cargo clippy --target wasm32-unknown-unknown --target-dir target/simd)
  "${lint[@]}" -p tilde-gpu -p tilde-web --lib -- -D warnings
  for backend in cpu gpu; do
    "${lint[@]}" -p tilde-web --lib --no-default-features --features "$backend" -- -D warnings
  done
  "${lint[@]}" -p tilde-web --tests -- -D warnings
}

# A target that has no std at all: what builds for it needs only `alloc`.
no_std() { cargo build -p tilde-graph -p tilde-cpu -p tilde-models --target wasm32v1-none; }

# Without the variable the GPU tests would pass where there is no adapter, having checked nothing.
test_native() { TILDE_REQUIRE_GPU=1 VK_DRIVER_FILES=$(vulkan_driver) cargo test --workspace; }

budget() {
  local file bytes allowed over=0
  for file in pkg/*/{simd,relaxed,gpu}/tilde_web_bg.wasm; do
    bytes=$(gzip -9 -c "$file" | wc -c)
    allowed=$cpu_budget
    [[ $file == */gpu/* ]] && allowed=$gpu_budget
    echo "$file: $bytes bytes gzipped, $allowed allowed"
    ((bytes <= allowed)) || over=1
  done
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
  stage format cargo fmt --check
  stage lint-native lint_native
  stage lint-wasm lint_wasm
  stage no-std no_std
  stage native test_native
  stage build build
  stage budget budget
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
  timed "training every exhibit to its gates, and docs/gates.md" \
    cargo run --release -p tilde -- evaluate all --json --markdown docs/gates.md
  timed "end-to-end tests that measure time" npm run --silent e2e:slow
}

run_bench() {
  build
  need_browser
  need_npm tests/bench
  node tests/bench/run.mjs "$@"
}

# ---------------------------------------------------------------- pictures

# The exhibits of the contents: view, steps and changed settings of the run that is drawn. Without a
# name all of them are drawn, which takes some minutes.
picture() {
  local id=$1 view=$2 steps=$3 change changes=()
  for change in "${@:4}"; do changes+=(--set "$change"); done
  cargo run -q --release -p tilde -- view "$id" --view "$view" --steps "$steps" "${changes[@]}" --out "www/pictures/$id.svg"
}

run_pictures() {
  local id rest
  while read -r id rest; do
    [[ -z $id || $id == \#* ]] && continue
    (($# == 0)) || [[ " $* " == *" $id "* ]] || continue
    # shellcheck disable=SC2086 # the words of the line are meant to be split
    timed "drawing www/pictures/$id.svg" picture "$id" $rest
  done <www/pictures/runs.txt
}

# ---------------------------------------------------------------- commands

command=${1:-serve}
(($#)) && shift
case $command in
  serve)
    build
    exec npm run --silent serve -- "$@"
    ;;
  build) build ;;
  test) if [[ ${1:-} == slow ]]; then run_slow; else run_tests; fi ;;
  slow) run_slow ;;
  bench) run_bench "$@" ;;
  pictures) run_pictures "$@" ;;
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
