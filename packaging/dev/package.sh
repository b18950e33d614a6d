# shellcheck shell=bash
# usage: package
# about: a Debian package of the release build, in build/release/

dev_package() {
  load deps
  load build
  dev_deps build package
  build_preset release
  note "packaging"
  (cd build/release && cpack -G DEB)
}
