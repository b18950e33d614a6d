# shellcheck shell=bash
# usage: build [PRESET] [TARGET...]
# about: compile into build/PRESET/bin (release: the programs; debug, asan, tsan, fuzz: all)

dev_build() {
  local preset=${1:-release}
  [ $# -eq 0 ] || shift
  load deps
  if [ "$preset" = fuzz ]; then dev_deps build fuzz; else dev_deps build; fi
  if [ "$preset" = release ] && [ $# -eq 0 ]; then set -- binaries; fi
  build_preset "$preset" "$@"
}

# build_preset PRESET [TARGET...]: the packages are there.
build_preset() {
  local preset=$1 jobs start=$SECONDS
  shift
  jobs=$(build_jobs)
  note "building $preset with $jobs jobs: build/$preset/bin"
  cmake --preset "$preset" >"build-$preset.log" 2>&1 || {
    cat "build-$preset.log"
    rm -f "build-$preset.log"
    die "configuring failed"
  }
  rm -f "build-$preset.log"
  NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"}
  note "built $preset in $(seconds_text $((SECONDS - start)))"
}
