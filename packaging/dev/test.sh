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
  local preset=$1 filter=$2 run=(ctest) arguments=(--output-on-failure -j "$(nproc)")
  [ -z "$filter" ] || arguments+=(-R "$filter")
  [ "$preset" = debug ] || arguments+=(-LE 'crash|browser|demo|tidy')
  note "ctest ($preset)"
  test_sanitizer_options
  if [ "$preset" = tsan ] && test_addresses_too_random; then run=(setarch -R ctest); fi
  "${run[@]}" --test-dir "build/$preset" --no-tests=error "${arguments[@]}" |
    slowest_before_summary && return
  local failed=$?
  failures_again "build/$preset/Testing/Temporary/LastTest.log"
  return "$failed"
}

# Between a failure and the end of the output may lie thousands of lines that the tests logged:
# failed assertions of the unit tests, with their case and the seed they print, come once more.
failures_again() {
  [ -f "$1" ] || return 0
  awk '
    /^ts=/ { next }
    /^-----+$/ { heading = !heading; if (heading) title = ""; show = 0; next }
    heading { title = title (title == "" ? "" : ": ") $0; next }
    /^=====+$/ { show = 0; next }
    /: FAILED:/ { if (++count == 1) print "failed assertions:"; print ""; print "in " title
                  show = 15 }
    show > 0 && count <= 20 { print "  " $0; show-- }
    END { if (count > 20) print "  and " count - 20 " more" }' "$1"
}

# The first finding ends its process, so that no test passes over it. What is set already comes
# last and wins.
test_sanitizer_options() {
  local folder=$PWD/tests/sanitizers
  export ASAN_OPTIONS="strict_string_checks=1:check_initialization_order=1:${ASAN_OPTIONS:-}"
  export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
  local tsan="halt_on_error=1:second_deadlock_stack=1:suppressions=$folder/tsan.supp"
  export TSAN_OPTIONS="$tsan:${TSAN_OPTIONS:-}"
}

# Where the kernel moves mappings by more than 28 bits, GCC 12's ThreadSanitizer finds no place
# for its shadow memory and gives up.
test_addresses_too_random() {
  local bits
  bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null) || return 1
  [ "$bits" -gt 28 ] || return 1
  setarch -R true || die "ThreadSanitizer needs vm.mmap_rnd_bits <= 28, or a setarch -R that works"
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
