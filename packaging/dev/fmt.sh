# shellcheck shell=bash
# usage: fmt [FILE...]
# about: clang-format on the given C++ files, or on those changed since the last commit

dev_fmt() {
  local files
  load deps
  dev_deps lint
  if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(fmt_changed); fi
  [ "${#files[@]}" -gt 0 ] || {
    note "no changed C++ files"
    return
  }
  clang-format -i -- "${files[@]}"
  note "formatted ${#files[@]} files"
}

fmt_changed() {
  { git diff --name-only --diff-filter=d HEAD && git ls-files --others --exclude-standard; } |
    grep -E '\.(cc|h)$' || true
}
