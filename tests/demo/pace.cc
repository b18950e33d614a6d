#include "tests/demo/pace.h"

#include <algorithm>
#include <cmath>

#include "tests/demo/random.h"

namespace sluice::demo {
namespace {

constexpr Duration second = std::chrono::seconds(1);

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

// 3^x for x uniform in [-1, 1] has the mean (3 - 1/3) / (2 ln 3); divided by it, the mean is 1.
double Pace::load(std::int64_t at) const {
  const double mean = (3.0 - 1.0 / 3.0) / (2.0 * std::log(3.0));
  Random random(seed_ * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(at));
  return std::pow(3.0, 2.0 * random.uniform() - 1.0) / mean;
}

std::size_t Pace::due(Duration elapsed) {
  Duration from = std::max(last_, elapsed - second);
  while (from < elapsed) {
    const std::int64_t number = from / second;
    const Duration until = std::min(elapsed, second * (number + 1));
    owed_ += rate_ * load(number) * seconds(until - from);
    from = until;
  }
  last_ = std::max(last_, elapsed);
  const double whole = std::floor(owed_);
  owed_ -= whole;
  return static_cast<std::size_t>(whole);
}

}  // namespace sluice::demo
