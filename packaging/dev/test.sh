# shellcheck shell=bash
# usage: test [--asan|--tsan] [REGEX]
# about: build with warnings as errors and run the tests, all or those whose name matches

dev_test() {
  local preset=debug filter=
  while [ $# -gt 0 ]; do
    case $1 in
      --asan) preset=asan ;;
      --tsan) preset=tsan ;;
      -*) die "test knows --asan and --tsan, not $1" ;;
      *) filter=$1 ;;
    esac
    shift
  done
  load deps
  load build
  dev_deps build test
  build_preset "$preset"
  if [ -z "$filter" ] && [ "$preset" = debug ]; then test_ui; fi
  test_ctest "$preset" "$filter"
}

test_ui() {
  load ui
  if have_node && ui_exists; then ui_test; else note "UI unit tests: skipped, no node >= 18"; fi
}

# Sanitizers make whole processes under load too slow for their deadlines; those tests run plain.
test_ctest() {
  local preset=$1 filter=$2 arguments=(--output-on-failure -j "$(nproc)")
  [ -z "$filter" ] || arguments+=(-R "$filter")
  [ "$preset" = debug ] || arguments+=(-LE 'crash|browser|demo|tidy')
  note "ctest ($preset)"
  export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_container_overflow=0}"
  ctest --test-dir "build/$preset" --no-tests=error "${arguments[@]}" | slowest_before_summary
}

# Passes ctest's output through and names the ten slowest tests before its closing lines.
slowest_before_summary() {
  awk '
    / Test +#[0-9]+: / && / sec *$/ { seconds[$0] = $(NF - 1) }
    /tests passed, / {
      print "slowest tests:"
      sort = "sort -rn | head -n 10"
      for (line in seconds) {
        split(line, part, /: /)
        split(part[2], name, " ")
        printf "  %8.2f s  %s\n", seconds[line], name[1] | sort
      }
      close(sort)
      print ""
    }
    { print; fflush() }'
}
