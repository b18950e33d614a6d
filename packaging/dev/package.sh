# shellcheck shell=bash
# usage: package
# about: a Debian package of the release build, in build/packages/

dev_package() {
  load deps
  load build
  dev_deps build package
  build_preset release binaries
  note "packaging"
  cpack --config build/release/CPackConfig.cmake -B build/packages
  rm -rf build/packages/_CPack_Packages
}
