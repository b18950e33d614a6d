#include "query/engine/numeric.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::query {

void KahanSum::add(double value) {
  const double next = sum_ + value;
  if (std::isinf(next)) {
    compensation_ = 0;
  } else if (std::fabs(sum_) >= std::fabs(value)) {
    compensation_ += (sum_ - next) + value;
  } else {
    compensation_ += (value - next) + sum_;
  }
  sum_ = next;
}

double KahanSum::value() const { return std::isinf(sum_) ? sum_ : sum_ + compensation_; }

void Mean::switch_to_running(double value) {
  incremental_ = true;
  running_ = sum_.value() / (count_ - 1);
  running_ += value / count_ - running_ / count_;
}

void Mean::add(double value) {
  ++count_;
  if (incremental_) {
    // Once infinite it stays so, unless the opposite infinity or NaN comes.
    if (std::isinf(running_) && (!std::isnan(value) && !(std::isinf(value) && value != running_)))
      return;
    running_ += value / count_ - running_ / count_;
    return;
  }
  KahanSum next = sum_;
  next.add(value);
  if (count_ > 1 && std::isinf(next.value())) return switch_to_running(value);
  sum_ = next;
}

double Mean::value() const { return incremental_ ? running_ : sum_.value() / count_; }

void Variance::add(double value) {
  ++count_;
  const double delta = value - mean_.value();
  mean_.add(delta / count_);
  squares_.add(delta * (value - mean_.value()));
}

bool nan_first_less(double a, double b) {
  if (std::isnan(a)) return !std::isnan(b);
  return a < b;
}

double quantile(double phi, std::vector<double>& values) {
  if (values.empty() || std::isnan(phi)) return std::numeric_limits<double>::quiet_NaN();
  if (phi < 0) return -std::numeric_limits<double>::infinity();
  if (phi > 1) return std::numeric_limits<double>::infinity();
  std::sort(values.begin(), values.end(), nan_first_less);
  const double rank = phi * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(std::floor(rank));
  const std::size_t upper = std::min(values.size() - 1, lower + 1);
  const double weight = rank - std::floor(rank);
  return values[lower] * (1 - weight) + values[upper] * weight;
}

std::string format_plain(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 400> text;
  const auto [end, ec] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return std::string(text.data(), end);
}

}  // namespace sluice::query
