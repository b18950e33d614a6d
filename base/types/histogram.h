// NativeHistogram: one sample of Prometheus' native histograms, counts as floats.
//
// Buckets are sparse: (index, count) ascending by index, each count for its bucket alone. With an
// exponential schema n the positive bucket i covers (2^((i-1)*2^-n), 2^(i*2^-n)] and the negative
// one mirrors it; the zero bucket covers [-zero_threshold, zero_threshold]. With the custom schema
// bucket i covers (custom_values[i-1], custom_values[i]], the first from -Inf, the last to +Inf.
// (Prometheus, "Native Histograms" specification.)
//
// In columns of samples a histogram stands among the floats as a NaN of certain bits that holds its
// place in a list beside the column (histogram_value()). It is a signalling NaN, so that arithmetic
// that forgets about histograms makes an ordinary NaN of it and never another histogram.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice {

enum class CounterReset : std::uint8_t { unknown = 0, reset = 1, not_reset = 2, gauge = 3 };

struct HistogramBucket {
  std::int32_t index = 0;
  double count = 0;
  friend bool operator==(const HistogramBucket&, const HistogramBucket&) = default;
};
using HistogramBuckets = std::vector<HistogramBucket>;

struct NativeHistogram {
  static constexpr std::int32_t custom_schema = -53;
  static constexpr std::int32_t least_schema = -4;
  static constexpr std::int32_t greatest_schema = 8;

  std::int32_t schema = 0;
  CounterReset hint = CounterReset::unknown;
  double zero_threshold = 0;
  double zero_count = 0;
  double count = 0;
  double sum = 0;
  HistogramBuckets positive;
  HistogramBuckets negative;
  std::vector<double> custom_values;  // upper bounds, ascending, without +Inf

  bool custom() const { return schema == custom_schema; }
  // Bounds of a positive bucket.
  double upper_bound(std::int32_t index) const;
  double lower_bound(std::int32_t index) const;
};
using HistogramPtr = std::shared_ptr<const NativeHistogram>;
using HistogramList = std::vector<HistogramPtr>;

// The value that stands for entry `place` of the list beside a column.
inline constexpr std::uint64_t histogram_bits = 0x7ff4'4849'0000'0000ULL;
inline double histogram_value(std::size_t place) {
  return std::bit_cast<double>(histogram_bits | static_cast<std::uint32_t>(place));
}
inline bool is_histogram(double value) {
  return (std::bit_cast<std::uint64_t>(value) & ~std::uint64_t{0xffff'ffff}) == histogram_bits;
}
inline std::size_t histogram_place(double value) {
  return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(value));
}
// Appends to the list; the value that names the new entry.
inline double add_histogram(HistogramList& list, HistogramPtr histogram) {
  list.push_back(std::move(histogram));
  return histogram_value(list.size() - 1);
}
// A NaN from outside that looks like one of ours becomes an ordinary NaN.
double plain_float(double value);

// Memory held by one, in bytes.
std::size_t bytes_of(const NativeHistogram& histogram);

// Null, or why it is none: a schema nobody knows, buckets out of order or beside the schema.
const char* find_problem(const NativeHistogram& histogram);

}  // namespace sluice
