# shellcheck shell=bash
# usage: crash [--rounds N] [--seed N]
# about: kill -9 daemon and agents at random while they ship; nothing lost, nothing doubled

dev_crash() {
  load build
  load deps
  dev_deps build test
  build_preset release
  note "crash rounds"
  python3 tests/crash/crash_test.py --bin build/release/bin --rounds 20 --seconds 60 "$@"
}
