# shellcheck shell=bash
# usage: demo [ARGUMENTS]
# about: the whole story in three minutes: logs, alert, webhook, gate, rollback

dev_demo() {
  load build
  dev_build release
  note "demo"
  python3 tests/demo/story.py --bin build/release/bin "$@"
}
