# shellcheck shell=bash
# usage: ui [build|test|dev]
# about: install, build and test the web UI in dashboards/ (needs node >= 18)

dev_ui() {
  if ! have_node; then
    load deps
    dev_deps ui
  fi
  have_node || die "the UI needs node 18 or newer"
  case ${1:-all} in
    all)
      ui_build
      ui_test
      ;;
    build) ui_build ;;
    test) ui_test ;;
    dev) ui_npm run dev ;;
    *) die "ui knows build, test and dev, not $1" ;;
  esac
}

ui_folder=dashboards/ui
ui_exists() { [ -f "$ui_folder/package.json" ]; }

ui_npm() { (cd "$ui_folder" && npm --no-fund --no-audit --no-update-notifier "$@"); }

# Installs exactly the lock file, once per version of it.
ui_install() {
  local stamp=$ui_folder/node_modules/.sluice-installed
  if [ -f "$stamp" ] && [ "$stamp" -nt "$ui_folder/package-lock.json" ]; then return; fi
  note "UI: npm ci"
  ui_npm ci --ignore-scripts
  touch "$stamp"
}

ui_build() {
  ui_install
  note "UI: build"
  ui_npm run build
}

ui_test() {
  ui_install
  note "UI: unit tests"
  ui_npm test
}
