#include "rules/gate/statistics.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>

namespace sluice::rules {
namespace {

using Catch::Approx;

// Runs one gate of `minutes` looks and says whether it ever crossed 1/alpha.
bool ever_fails(std::mt19937& random, double candidate_rate, double baseline_rate, int minutes) {
  std::vector<RateSlice> slices;
  for (int i = 0; i < minutes; ++i) {
    const int n = 20 + 5 * i;  // the candidate's share ramps up
    std::binomial_distribution<int> candidate(n, candidate_rate);
    std::binomial_distribution<int> baseline(400, baseline_rate);
    slices.push_back({{double(n), double(candidate(random))}, {400, double(baseline(random))}});
    if (e_value_worse(slices, 1.0, 1.0) >= 100) return true;
  }
  return false;
}

int count_fails(unsigned seed, double candidate_rate, double baseline_rate) {
  std::mt19937 random(seed);
  int fails = 0;
  for (int i = 0; i < 1000; ++i) fails += ever_fails(random, candidate_rate, baseline_rate, 30);
  return fails;
}

}  // namespace

TEST_CASE("Fisher's exact test agrees with published values", "[statistics]") {
  // The lady tasting tea.
  CHECK(fisher_exact_greater({4, 3}, {4, 1}) == Approx(17.0 / 70));
  CHECK(fisher_exact_greater({4, 4}, {4, 0}) == Approx(1.0 / 70));
  // [[8, 2], [1, 5]]: C(9,8)C(7,2) + C(9,9)C(7,1) over C(16,10).
  CHECK(fisher_exact_greater({10, 8}, {6, 1}) == Approx(196.0 / 8008));
  CHECK(fisher_exact_greater({100, 0}, {100, 5}) == Approx(1.0));
  CHECK(fisher_exact_greater({0, 0}, {100, 5}) == 1.0);
  CHECK(fisher_exact_greater({1e6, 50'000}, {1e6, 1'000}) < 1e-100);
}

TEST_CASE("binomial bounds follow the rule of three and Clopper-Pearson", "[statistics]") {
  CHECK(binomial_upper_bound({299, 0}, 0.95) == Approx(1 - std::pow(0.05, 1.0 / 299)));
  CHECK(binomial_upper_bound({100, 0}, 0.99) == Approx(0.0450).margin(0.0001));
  CHECK(binomial_upper_bound({100, 5}, 0.95) == Approx(0.10225).margin(0.0001));
  CHECK(binomial_lower_bound({100, 5}, 0.95) == Approx(0.01991).margin(0.0001));
  CHECK(binomial_lower_bound({10, 10}, 0.95) == Approx(std::pow(0.05, 0.1)));
  CHECK(binomial_lower_bound({100, 0}, 0.95) == 0);
  CHECK(binomial_upper_bound({0, 0}, 0.95) == 1);
  CHECK(binomial_upper_bound({10, 10}, 0.95) == 1);
}

TEST_CASE("the e-value of one error is the mean likelihood ratio", "[statistics]") {
  // Equal arms: p0 = 1/2, p(r) = r / (1 + r).
  double sum = 0;
  for (double r : {1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0}) sum += 2 * r / (1 + r);
  CHECK(e_value_worse({{{100, 1}, {100, 0}}}, 1.0, 1.0) == Approx(sum / 8));
  CHECK(e_value_worse({}, 1.0, 1.0) == Approx(1));
  // An arm without traffic says nothing.
  CHECK(e_value_worse({{{100, 50}, {0, 0}}}, 1.0, 1.0) == Approx(1));
}

TEST_CASE("evidence grows with errors and shrinks with dispersion", "[statistics]") {
  const std::vector<RateSlice> bad{{{1000, 50}, {1000, 5}}};
  CHECK(e_value_worse(bad, 1.25, 1.0) > 1e6);
  CHECK(e_value_worse(bad, 1.25, 5.0) < e_value_worse(bad, 1.25, 1.0));
  CHECK(e_value_not_worse(bad, 3.0, 1.0) < 1);
  // A tenth of the traffic, a clean candidate: about seventeen baseline errors reject "three times
  // as bad" at 5 %.
  CHECK(e_value_not_worse({{{100, 0}, {900, 10}}}, 3.0, 1.0) < 20);
  CHECK(e_value_not_worse({{{100, 0}, {900, 17}}}, 3.0, 1.0) > 20);
}

TEST_CASE("looking every minute does not inflate false alarms", "[statistics]") {
  const unsigned seed = 7;
  INFO("seed " << seed);
  CHECK(count_fails(seed, 0.01, 0.01) <= 10);   // alpha is 1 %
  CHECK(count_fails(seed, 0.05, 0.01) >= 950);  // and real defects are found
}

}  // namespace sluice::rules
