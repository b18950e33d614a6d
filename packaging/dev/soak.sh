# shellcheck shell=bash
# usage: soak [MINUTES]
# about: steady load for a while; memory, files and threads must not grow (default 30 minutes)

dev_soak() {
  load build
  load deps
  dev_deps build test
  build_preset release binaries
  note "soak for ${1:-30} minutes"
  SLUICE_BIN_DIR=$PWD/build/release/bin python3 tests/crash/soak.py --minutes "${1:-30}"
}
