# shellcheck shell=bash
# usage: lint
# about: the repository's own rules (tests/tidy), shellcheck, and whether the Python compiles

dev_lint() {
  load deps
  dev_deps lint
  note "shellcheck"
  git ls-files -z -- dev .ci/run '*.sh' | xargs -0 shellcheck --external-sources
  note "python"
  git ls-files -z -- '*.py' | xargs -0 python3 -m py_compile
  note "tidy"
  python3 tests/tidy/tidy.py .
}
