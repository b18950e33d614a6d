# shellcheck shell=bash
# usage: help
# about: this list

dev_help() {
  local name
  echo "Usage: ./dev COMMAND [ARGUMENTS]"
  echo
  for name in deps build up demo test bench crash soak fuzz ui fmt lint package help; do
    printf '  %-34s %s\n' "$(sed -n 's/^# usage: //p' "packaging/dev/$name.sh" | head -n 1)" \
      "$(sed -n 's/^# about: //p' "packaging/dev/$name.sh" | head -n 1)"
  done
  echo
  echo "Each says what it does and how long it took. Builds are in build/, data of runs in var/."
}
