#include "query/engine/numeric.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::query {

void KahanSum::merge(const KahanSum& other) {
  add(other.sum_);
  if (!std::isinf(sum_) && !std::isinf(other.sum_)) compensation_ += other.compensation_;
}

double KahanSum::value() const {
  return std::isinf(sum_) ? sum_ : sum_ + compensation_;
}

void Mean::add(double value) {
  ++count_;
  if (!incremental_) {
    KahanSum next = sum_;
    next.add(value);
    if (count_ == 1 || !std::isinf(next.value())) {
      sum_ = next;
      return;
    }
    incremental_ = true;
    running_ = sum_.value() / (count_ - 1);
  }
  // Once infinite it stays so, unless the opposite infinity or NaN comes.
  const bool opposite = std::isnan(value) || (std::isinf(value) && value != running_);
  if (std::isinf(running_) && !opposite) return;
  running_ += value / count_ - running_ / count_;
}

void Mean::merge(const Mean& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const double count = count_ + other.count_;
  KahanSum sum = sum_;
  sum.merge(other.sum_);
  const bool finite = !std::isinf(value()) && !std::isinf(other.value());
  const bool overflows = finite && std::isinf(sum.value());
  if (incremental_ || other.incremental_ || overflows) {
    running_ = value() * (count_ / count) + other.value() * (other.count_ / count);
    incremental_ = true;
  } else {
    sum_ = sum;
  }
  count_ = count;
}

double Mean::value() const {
  return incremental_ ? running_ : sum_.value() / count_;
}

void Variance::add(double value) {
  ++count_;
  const double delta = value - mean_.value();
  mean_.add(delta / count_);
  squares_.add(delta * (value - mean_.value()));
}

void Variance::merge(const Variance& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const double count = count_ + other.count_;
  const double delta = other.mean_.value() - mean_.value();
  mean_.add(delta * other.count_ / count);
  squares_.merge(other.squares_);
  squares_.add(delta * delta * count_ * other.count_ / count);
  count_ = count;
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

namespace {

// The digits of d.ddde±x, and where the point stands among them.
struct Digits {
  std::string text;
  int point = 0;
};

Digits shortest_digits(double positive) {
  std::array<char, 40> text;
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), positive,
                                       std::chars_format::scientific);
  Digits digits;
  const std::string_view shown(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::size_t exponent = shown.find('e');
  for (const char c : shown.substr(0, exponent))
    if (c != '.') digits.text += c;
  std::string_view power = shown.substr(exponent + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), digits.point);
  ++digits.point;
  return digits;
}

}  // namespace

std::string format_plain(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const Digits digits = shortest_digits(std::fabs(value));
  const int count = static_cast<int>(digits.text.size());
  std::string out = std::signbit(value) ? "-" : "";
  if (digits.point <= 0)
    return out + "0" +
           (value == 0
                ? ""
                : "." + std::string(static_cast<std::size_t>(-digits.point), '0') + digits.text);
  if (digits.point >= count)
    return out + digits.text + std::string(static_cast<std::size_t>(digits.point - count), '0');
  const auto point = static_cast<std::size_t>(digits.point);
  return out + digits.text.substr(0, point) + "." + digits.text.substr(point);
}

}  // namespace sluice::query
