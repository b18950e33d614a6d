#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/scrape/exposition.h"
#include "base/types/ascii.h"

namespace sluice::scrape {

namespace {

// The NaN that Prometheus stores for one that was measured.
constexpr std::uint64_t normal_nan_bits = 0x7ff8000000000001ULL;

Error not_a_number(std::string_view text) {
  std::string message = "not a number: ";
  append_quoted(message, text.substr(0, 50));
  return {ErrorCode::parse, std::move(message)};
}

// from_chars takes "nan(...)", which nobody else does.
bool plain_number(std::string_view text) {
  return !text.empty() && text.find('(') == std::string_view::npos && text.front() != '+';
}

// Past what a double holds: too small is zero, too large is no number, as for Go.
Result<double> read_extreme(std::string_view text) {
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(value)) return not_a_number(text);
  return value;
}

}  // namespace

Result<double> parse_sample_value(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return not_a_number(text);
  }
  if (!plain_number(digits)) return not_a_number(text);
  double value = 0;
  const char* last = digits.data() + digits.size();
  const auto [end, ec] = std::from_chars(digits.data(), last, value);
  if (end != last || ec == std::errc::invalid_argument) return not_a_number(text);
  if (ec == std::errc::result_out_of_range) return read_extreme(digits);
  if (!std::isnan(value)) return value;
  if (text.front() == '-' || text.front() == '+') return not_a_number(text);
  return std::bit_cast<double>(normal_nan_bits);
}

}  // namespace sluice::scrape
