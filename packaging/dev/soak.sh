# shellcheck shell=bash
# usage: soak [MINUTES]
# about: steady load for a while; memory, files and threads must not grow (default 30 minutes)

dev_soak() {
  load build
  load deps
  dev_deps build test
  build_preset release
  note "soak for ${1:-30} minutes"
  python3 tests/crash/soak.py --bin build/release/bin --minutes "${1:-30}"
}
