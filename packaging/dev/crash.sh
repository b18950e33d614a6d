# shellcheck shell=bash
# usage: crash [--victim daemon|agents|all] [--rounds N]
# about: kill -9 daemon and agents at random while they ship; nothing lost, nothing doubled

dev_crash() {
  load build
  load deps
  dev_deps build test
  build_preset release binaries
  note "crash rounds"
  SLUICE_BIN_DIR=$PWD/build/release/bin python3 tests/crash/crash_test.py --rounds 20 \
    --seconds 60 "$@"
}
