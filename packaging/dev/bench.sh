# shellcheck shell=bash
# usage: bench [NAME [ARGUMENTS]]
# about: release build, then one benchmark of tests/bench/ or all of them

dev_bench() {
  local name names
  mapfile -t names < <(bench_names)
  if [ "${1:-}" = ingest ]; then set -- logs "${@:2}"; fi  # its name until it grew queries
  if [ $# -gt 0 ]; then
    [[ " ${names[*]} " == *" $1 "* ]] || die "no benchmark \"$1\"; there are: ${names[*]}"
    names=("$1")
    shift
  fi
  load build
  load deps
  dev_deps build test bench
  build_preset release binaries
  for name in "${names[@]}"; do
    note "bench $name"
    python3 "tests/bench/$name.py" --bin build/release/bin "$@"
  done
}

# Benchmarks say "./dev bench NAME" in their first line; other files there help them.
bench_names() {
  local file
  for file in tests/bench/*.py; do
    if head -n 2 "$file" 2>/dev/null | grep -q '"""\./dev bench'; then basename "$file" .py; fi
  done
}
