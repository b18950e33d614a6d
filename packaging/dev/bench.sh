# shellcheck shell=bash
# usage: bench [REGEX]
# about: release build, then the benchmarks (bench_*) whose name matches

dev_bench() {
  local filter=${1:-.} program found=
  load build
  dev_build release
  for program in build/release/bin/bench_*; do
    [ -x "$program" ] || continue
    [[ ${program##*/bench_} =~ $filter ]] || continue
    found=1
    note "${program##*/}"
    "$program"
  done
  [ -n "$found" ] || die "no benchmark matches \"$filter\""
}
