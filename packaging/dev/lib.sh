# shellcheck shell=bash
# What the subcommands of ./dev share. Sourced with set -euo pipefail, in the project's folder.

# Colour only for people.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

note() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
die() {
  printf './dev: %s\n' "$*" >&2
  exit 2
}

# Makes dev_<name> of another subcommand callable.
load() {
  # shellcheck source=/dev/null
  . "packaging/dev/$1.sh"
}

seconds_text() {
  local s=$1
  if [ "$s" -ge 60 ]; then printf '%dm %02ds' $((s / 60)) $((s % 60)); else printf '%ds' "$s"; fi
}

# timed TITLE COMMAND...: says how long it took, also when it fails or is interrupted.
timed() {
  timed_title=$1 timed_start=$SECONDS
  shift
  trap 'timed_end $?' EXIT
  "$@"
}

timed_end() {
  local how="done"
  [ "$1" -eq 0 ] || how="failed (exit $1)"
  cleanup
  note "$timed_title: $how in $(seconds_text $((SECONDS - timed_start)))"
}

# Commands given to on_exit run when ./dev ends, the last one first.
exit_commands=()
on_exit() { exit_commands=("$*" ${exit_commands[@]+"${exit_commands[@]}"}); }
cleanup() {
  local command
  for command in ${exit_commands[@]+"${exit_commands[@]}"}; do eval "$command" || true; done
  exit_commands=()
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    die "installing packages needs root; run as root or install sudo"
  fi
}

# One compiler per core, but never more than memory allows (a Beast source takes about 1.5 GB).
build_jobs() {
  local cores memory_kb by_memory
  cores=$(nproc)
  memory_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  by_memory=$((memory_kb / 1572864))
  [ "$by_memory" -ge 1 ] || by_memory=1
  if [ "$cores" -lt "$by_memory" ]; then echo "$cores"; else echo "$by_memory"; fi
}

# Enough of Node for the UI's build and tests?
have_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]
}
