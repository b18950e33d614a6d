// Numeric helpers shared by functions and aggregations.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace sluice::query {

// Neumaier's variant of Kahan summation: the error of each addition is kept and added at the end,
// so that 1e100 + 1 - 1e100 is 1. (Neumaier, ZAMM 54, 1974.)
class KahanSum {
 public:
  // Inline: it is done for each value of a log.
  void add(double value) {
    const double next = sum_ + value;
    if (std::isinf(next))
      compensation_ = 0;
    else if (std::fabs(sum_) >= std::fabs(value))
      compensation_ += (sum_ - next) + value;
    else
      compensation_ += (value - next) + sum_;
    sum_ = next;
  }
  void merge(const KahanSum& other);
  // Without the compensation once the sum left the finite range: Inf - Inf would make it NaN.
  double value() const;

 private:
  double sum_ = 0;
  double compensation_ = 0;
};

// The mean. Sums first; once the sum overflows, goes on as a running mean, which does not.
class Mean {
 public:
  void add(double value);
  void merge(const Mean& other);
  double value() const;
  double count() const { return count_; }

 private:
  KahanSum sum_;
  double running_ = 0;
  double count_ = 0;
  bool incremental_ = false;
};

// Population variance by Welford's method. (Merging: Chan, Golub, LeVeque, 1979.)
class Variance {
 public:
  void add(double value);
  void merge(const Variance& other);
  double value() const { return squares_.value() / count_; }

 private:
  KahanSum mean_;
  KahanSum squares_;
  double count_ = 0;
};

// The φ-quantile by linear interpolation between closest ranks; sorts `values`. φ < 0: -Inf,
// φ > 1: +Inf, no values or φ NaN: NaN. NaN sorts first.
double quantile(double phi, std::vector<double>& values);

// Less-than with NaN below everything.
bool nan_first_less(double a, double b);

// Shortest decimal without exponent, as Go's FormatFloat(v, 'f', -1, 64).
std::string format_plain(double value);

}  // namespace sluice::query
