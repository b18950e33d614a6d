# shellcheck shell=bash
# usage: fuzz [TARGET] [SECONDS]
# about: libFuzzer with sanitizers, on one target or each in turn (default 60 s each)

dev_fuzz() {
  local target=${1:-} seconds=${2:-60} source names=()
  for source in tests/fuzz/*.cc; do names+=("$(basename "$source" .cc)"); done
  if [ -n "$target" ]; then
    [ -f "tests/fuzz/$target.cc" ] || die "no fuzz target \"$target\"; there are: ${names[*]}"
    names=("$target")
  fi
  load build
  dev_build fuzz "${names[@]/#/fuzz_}"
  local name
  for name in "${names[@]}"; do fuzz_one "$name" "$seconds"; done
}

# New inputs are kept in var/fuzz/NAME; the repository's corpus is only read.
fuzz_one() {
  local name=$1 seconds=$2
  mkdir -p "var/fuzz/$name" "var/fuzz/failures"
  note "fuzzing $name for $seconds s"
  ASAN_OPTIONS=detect_container_overflow=0 "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" \
    -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix="var/fuzz/failures/$name-" "var/fuzz/$name" "tests/fuzz/corpus/$name" \
    2>"var/fuzz/$name.log" || {
    tail -n 40 "var/fuzz/$name.log" >&2
    die "$name failed; the input is in var/fuzz/failures/"
  }
  grep -E '^stat::(number_of_executed_units|new_units_added)' "var/fuzz/$name.log"
}
