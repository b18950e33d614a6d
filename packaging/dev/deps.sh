# shellcheck shell=bash
# usage: deps [GROUP...]
# about: install the Debian packages (groups: build test bench ui fuzz lint package; default build)

dev_deps() {
  # shellcheck source=packaging/dev/packages.sh
  . packaging/dev/packages.sh
  [ $# -gt 0 ] || set -- build
  local group wanted=()
  for group in "$@"; do
    declare -p "packages_$group" >/dev/null 2>&1 || die "no group \"$group\" of packages"
    # Node often comes from elsewhere, and Debian's npm would fight with it.
    if [ "$group" = ui ] && have_node; then continue; fi
    local -n packages=packages_$group
    wanted+=("${packages[@]}")
    [ "$group" != build ] || wanted+=("$(boost_package)")
  done
  local missing
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  if [ "${#missing[@]}" -eq 0 ]; then
    note "packages for $*: all ${#wanted[@]} present"
    return
  fi
  command -v apt-get >/dev/null || die "missing packages, and no apt-get: ${missing[*]}"
  note "packages for $*: installing ${missing[*]}"
  install_packages "${missing[@]}"
}

# Boost 1.81 is the floor; Debian 12's default is 1.74 beside libboost1.81-dev.
boost_package() {
  if [ "$(debian_codename)" = bookworm ]; then echo libboost1.81-dev; else echo libboost-dev; fi
}

debian_codename() { (. /etc/os-release && echo "${VERSION_CODENAME:-}"); }

# The arguments that are not installed. Of catch2 only version 3 counts.
missing_packages() {
  local name version
  for name in "$@"; do
    version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$name" 2>/dev/null) || version=
    case $version in
      "installed "*) version=${version#installed } ;;
      *) version= ;;
    esac
    if [ "$name" = catch2 ] && [ -n "$version" ] && dpkg --compare-versions "$version" lt 3; then
      version=
    fi
    [ -n "$version" ] || echo "$name"
  done
}

install_packages() {
  local plain=() name
  forbid_service_starts
  on_exit allow_service_starts
  apt_get update
  for name in "$@"; do
    if [ "$name" = catch2 ] && [ "$(debian_codename)" = bookworm ]; then
      enable_backports
      apt_get install --no-install-recommends -t bookworm-backports catch2
    else
      plain+=("$name")
    fi
  done
  [ "${#plain[@]}" -eq 0 ] || apt_get install --no-install-recommends "${plain[@]}"
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a \
    apt-get -y -q -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"
}

# Adds bookworm-backports from the mirror this machine already uses, unless it is there.
enable_backports() {
  if apt_targets | grep -q ' bookworm-backports$'; then return; fi
  local mirror
  mirror=$(apt_targets | awk '$2 == "bookworm" {print $1; exit}')
  [ -n "$mirror" ] || die "apt has no source for bookworm to derive the backports source from"
  note "enabling bookworm-backports from $mirror"
  echo "deb $mirror bookworm-backports main" |
    as_root tee /etc/apt/sources.list.d/bookworm-backports.list >/dev/null
  apt_get update
}

# "URI CODENAME" of every package index apt is configured for.
apt_targets() {
  # shellcheck disable=SC2016  # apt's own placeholders
  apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' | sort -u
}

# A test machine must not get a running Prometheus or rsyslog from installing their packages.
policy=/usr/sbin/policy-rc.d
forbid_service_starts() {
  if [ -e "$policy" ]; then as_root mv "$policy" "$policy.before-sluice"; fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}
allow_service_starts() {
  as_root rm -f "$policy"
  if [ -e "$policy.before-sluice" ]; then as_root mv "$policy.before-sluice" "$policy"; fi
}
