#include "tests/demo/pace.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

namespace sluice::demo {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("bursts average to the asked rate") {
  Pace pace(100, 1);
  std::size_t lines = 0;
  for (int ms = 0; ms <= 600'000; ms += 50) lines += pace.due(milliseconds(ms));
  CHECK(lines > 54'000);
  CHECK(lines < 66'000);
}

TEST_CASE("what is due does not depend on how often one asks") {
  Pace often(40, 3);
  Pace seldom(40, 3);
  std::size_t a = 0;
  std::size_t b = 0;
  for (int ms = 10; ms <= 20'000; ms += 10) a += often.due(milliseconds(ms));
  for (int ms = 500; ms <= 20'000; ms += 500) b += seldom.due(milliseconds(ms));
  CHECK(std::abs(static_cast<double>(a) - static_cast<double>(b)) <= 1);
}

TEST_CASE("seconds differ in load but stay within bounds") {
  const Pace pace(1, 9);
  double least = 10;
  double most = 0;
  for (int s = 0; s < 500; ++s) {
    least = std::min(least, pace.load(s));
    most = std::max(most, pace.load(s));
  }
  CHECK(least >= 0.25);
  CHECK(least < 0.5);
  CHECK(most > 2);
  CHECK(most <= 2.5);
}

TEST_CASE("a long pause is not made up for") {
  Pace pace(1000, 1);
  CHECK(pace.due(seconds(1)) > 0);
  CHECK(pace.due(seconds(10'000)) <= 2500);
}

TEST_CASE("time that stands still or jumps back owes nothing") {
  Pace pace(1000, 1);
  pace.due(seconds(2));
  CHECK(pace.due(seconds(2)) == 0);
  CHECK(pace.due(seconds(1)) == 0);
}

}  // namespace sluice::demo
