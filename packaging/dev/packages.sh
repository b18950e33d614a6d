# shellcheck shell=bash disable=SC2034
# The Debian packages behind each group of ./dev deps.

# Compiling and linking everything, and starting it: CMake looks for Python to name the tests that
# are written in it, the demo is in it too, and `up` waits with curl.
packages_build=(
  g++ cmake ninja-build ccache mold pkg-config
  librocksdb-dev prometheus-cpp-dev libsimdjson-dev libre2-dev catch2
  libprotozero-dev libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libyaml-cpp-dev
  libxxhash-dev libroaring-dev libhowardhinnant-date-dev
  libsnappy-dev libzstd-dev liblz4-dev zlib1g-dev libcurl4-openssl-dev libssl-dev
  python3 curl
)

# What tests talk to or are written in.
packages_test=(
  procps chromium chromium-driver
  prometheus prometheus-alertmanager prometheus-node-exporter rsyslog zsh fish
)

# What benchmarks compare with.
packages_bench=(zstd)

packages_ui=(nodejs npm)
packages_fuzz=(clang-19 libclang-rt-19-dev)
packages_lint=(clang-format shellcheck python3)
packages_package=(dpkg-dev fakeroot file)
