// sluice-bench-memory: how fast one core reads and copies memory, as a bound for what a scan can
// do. Prints one JSON object: read_gb_per_s, copy_gb_per_s (bytes copied, not read plus written).
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t length = (256U << 20) / sizeof(std::uint64_t);
constexpr int rounds = 5;

// Eight sums, so that no addition waits for the one before it.
std::uint64_t sum(const std::vector<std::uint64_t>& data) {
  std::uint64_t sums[8] = {};
  for (std::size_t i = 0; i < data.size(); i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += data[i + k];
  return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

template <class Work>
double best_gb_per_s(const Work& work) {
  double best = 0;
  for (int i = 0; i < rounds; ++i) {
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    best = std::max(best, static_cast<double>(length * sizeof(std::uint64_t)) / 1e9 / took.count());
  }
  return best;
}

}  // namespace

int main() {
  std::vector<std::uint64_t> from(length, 1), to(length, 0);
  std::uint64_t check = 0;
  const double read = best_gb_per_s([&] { check += sum(from); });
  const double copy = best_gb_per_s([&] {
    std::memcpy(to.data(), from.data(), length * sizeof(std::uint64_t));
    check += to[length / 2];
  });
  std::printf("{\"read_gb_per_s\":%.2f,\"copy_gb_per_s\":%.2f}\n", read, copy);
  return check == rounds * (length + 1) ? 0 : 1;  // also keeps the compiler from dropping the work
}
