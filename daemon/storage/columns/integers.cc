#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/types/assert.h"
#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/graded.h"
#include "daemon/storage/columns/planes.h"
#include "daemon/storage/columns/touched.h"

namespace sluice::storage {

namespace {

using Numbers = std::span<const std::int64_t>;

enum Transform : std::uint8_t {
  constant = 1,
  frame = 2,
  delta = 3,
  delta2 = 4,
  frame_rows = 5,
  graded_delta = 6,
  run_lengths = 7
};

std::uint64_t bits_of(std::int64_t n) {
  return static_cast<std::uint64_t>(n);
}

unsigned significant(std::uint64_t n) {
  return static_cast<unsigned>(std::bit_width(n));
}

// residual(i) of the values from `from` on, for each transform that has residuals.
template <typename Visit>
void with_residuals(std::uint8_t transform, Numbers v, std::int64_t base, Visit visit) {
  switch (transform) {
    case delta:
      return visit(v.size() - 1,
                   [v](std::size_t i) { return to_zigzag(wrapping_sub(v[i + 1], v[i])); });
    case delta2:
      return visit(v.size() - 2, [v](std::size_t i) {
        const std::int64_t before = wrapping_sub(v[i + 1], v[i]);
        return to_zigzag(wrapping_sub(wrapping_sub(v[i + 2], v[i + 1]), before));
      });
    default:
      return visit(v.size(), [v, base](std::size_t i) { return bits_of(v[i]) - bits_of(base); });
  }
}

template <typename Residual>
unsigned bits_for(std::size_t count, Residual residual) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < count; ++i) all |= residual(i);
  return significant(all);
}

template <typename Residual>
void put_planes(std::size_t count, Residual residual, std::string& out) {
  const unsigned bits = plane_bits(bits_for(count, residual));
  const std::size_t before = out.size();
  out.resize(before + 1 + planes_size(bits, count));
  out[before] = static_cast<char>(bits);
  fill_planes(out.data() + before + 1, bits, count, residual);
}

template <typename Residual>
void put_rows(std::size_t count, Residual residual, std::string& out) {
  const unsigned width = (bits_for(count, residual) + 7) / 8;
  out.push_back(static_cast<char>(width));
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t r = residual(i);
    out.append(reinterpret_cast<const char*>(&r), width);
  }
}

// Significant bits of the residuals: of all if they are few, else of some stretches, scaled up.
double bits_after(std::uint8_t transform, Numbers v, std::int64_t base) {
  constexpr std::size_t stretch = 256;
  constexpr std::size_t stretches = 16;
  double bits = 0;
  with_residuals(transform, v, base, [&](std::size_t count, auto residual) {
    const std::size_t step = std::max(stretch, count / stretches);
    std::size_t seen = 0;
    std::uint64_t sum = 0;
    for (std::size_t from = 0; from < count; from += step) {
      const std::size_t to = std::min(count, from + stretch);
      for (std::size_t i = from; i < to; ++i) sum += significant(residual(i));
      seen += to - from;
    }
    if (seen > 0)
      bits = static_cast<double>(sum) * static_cast<double>(count) / static_cast<double>(seen);
  });
  return bits;
}

// The part of some values in the middle that stood shortly before already.
double repeated(Numbers v) {
  constexpr std::size_t most = 2048;
  const std::size_t count = std::min(most, v.size());
  const Numbers some = v.subspan((v.size() - count) / 2, count);
  std::array<std::int64_t, 2 * most> seen{};
  std::size_t hits = 0;
  for (const std::int64_t n : some) {
    auto& slot = seen[(bits_of(n) * 0x9E3779B97F4A7C15U) >> 52];
    if (slot == n) ++hits;
    slot = n;
  }
  return static_cast<double>(hits) / static_cast<double>(count);
}

// The part of values that are the same as the one before.
double same_as_before(Numbers v) {
  std::size_t same = 0;
  for (std::size_t i = 1; i < v.size(); ++i) same += v[i] == v[i - 1] ? 1 : 0;
  return static_cast<double>(same) / static_cast<double>(v.size());
}

// Runs instead of `best`, if they are worth it. The estimate of planes leaves out that each of them
// tells again where values repeat.
IntegerPlan or_runs(Numbers v, const IntegerPlan& best, double frame_bits) {
  constexpr std::size_t least_rows = 64;
  constexpr double least_part = 0.2;
  constexpr double least_bits = 6;  // of a value
  const auto rows = static_cast<double>(v.size());
  if (v.size() < least_rows || frame_bits < least_bits * rows) return best;
  const double part = same_as_before(v);
  if (part < least_part) return best;
  const double lengths = -part * std::log2(part) - (1 - part) * std::log2(1 - part);
  constexpr double told_again = 2;
  const double bits = (1 - part) * frame_bits + lengths * rows;
  const double planes = best.bits + told_again * lengths * rows;
  return bits < planes ? IntegerPlan{run_lengths, std::min(bits, best.bits)} : best;
}

void write_runs(Numbers v, std::string& out) {
  std::vector<std::int64_t> heads;
  std::vector<std::int64_t> lengths;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i > 0 && v[i] == v[i - 1]) {
      ++lengths.back();
      continue;
    }
    heads.push_back(v[i]);
    lengths.push_back(0);
  }
  put_varint(out, heads.size());
  for (const Numbers part : {Numbers(heads), Numbers(lengths)}) {
    IntegerPlan plan = plan_integers(part);
    if (plan.transform == run_lengths) plan.transform = frame;
    write_integers(part, plan, out);
  }
}

// The largest number that divides all steps; 1 if there is none.
std::uint64_t common_unit(Numbers v) {
  std::uint64_t unit = 0;
  for (std::size_t i = 1; i < v.size() && unit != 1; ++i) {
    const std::int64_t step = wrapping_sub(v[i], v[i - 1]);
    const std::uint64_t size = step < 0 ? 0 - bits_of(step) : bits_of(step);
    if (unit == 0 || size % unit != 0) unit = std::gcd(unit, size);
  }
  // Must be a positive number with a sign.
  return unit == 0 || unit > bits_of(INT64_MAX) ? 1 : unit;
}

void write_graded_delta(Numbers v, int zstd_level, std::string& out) {
  const auto unit = static_cast<std::int64_t>(common_unit(v));
  std::vector<std::uint64_t> steps(v.size() - 1);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::int64_t step = wrapping_sub(v[i + 1], v[i]);
    steps[i] = bits_of(unit == 1 ? step : step / unit);
  }
  out.push_back(static_cast<char>(graded_delta));
  put_zigzag(out, v[0]);
  put_varint(out, bits_of(unit));
  put_graded(steps, zstd_level, out);
}

Error corrupt_integers() {
  return corrupt_column("integers do not decode");
}

template <unsigned width>
void read_rows(const char* in, std::size_t count, std::int64_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t r = 0;
    std::memcpy(&r, in + i * width, width);
    out[i] = static_cast<std::int64_t>(r);
  }
}

bool get_rows(ByteReader& in, std::span<std::int64_t> out) {
  const std::string_view head = in.bytes(1);
  const unsigned width = in.ok() ? static_cast<unsigned char>(head[0]) : 0;
  const std::string_view data = in.bytes(width * out.size());
  if (!in.ok() || width > 8) return false;
  with_width(width, [&](auto w) { read_rows<w>(data.data(), out.size(), out.data()); });
  return true;
}

void sum_deltas(std::span<std::int64_t> v) {
  for (std::size_t i = 1; i < v.size(); ++i)
    v[i] = wrapping_add(v[i - 1], from_zigzag(bits_of(v[i])));
}

bool get_graded_deltas(ByteReader& in, std::span<std::int64_t> v) {
  const std::uint64_t unit = in.varint();
  if (!in.ok() || unit == 0 || !get_graded(in, v.subspan(1))) return false;
  for (std::size_t i = 1; i < v.size(); ++i)
    v[i] = static_cast<std::int64_t>(bits_of(v[i - 1]) + bits_of(v[i]) * unit);
  return true;
}

void sum_deltas_of_deltas(std::span<std::int64_t> v) {
  std::int64_t step = wrapping_sub(v[1], v[0]);
  for (std::size_t i = 2; i < v.size(); ++i) {
    step = wrapping_add(step, from_zigzag(bits_of(v[i])));
    v[i] = wrapping_add(v[i - 1], step);
  }
}

}  // namespace

IntegerPlan plan_integers(Numbers values) {
  if (values.empty()) return {constant, 0};
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*least == *most) return {constant, 0};
  const double frame_bits = bits_after(frame, values, *least);
  IntegerPlan best{frame, frame_bits};
  for (const std::uint8_t transform : {delta, delta2}) {
    if (values.size() < 4) break;
    constexpr double bits_of_head = 40;  // the first value, the first step
    const double bits = bits_after(transform, values, 0) + bits_of_head * (transform - frame);
    if (bits < best.bits) best = {transform, bits};
  }
  constexpr unsigned wide = 32;
  const bool is_wide = significant(bits_of(*most) - bits_of(*least)) > wide;
  if (best.transform == frame && is_wide && repeated(values) > 0.1) best.transform = frame_rows;
  return or_runs(values, best, frame_bits);
}

void write_integers(Numbers values, const IntegerPlan& plan, std::string& out) {
  if (values.empty()) return;
  SLUICE_ASSERT(values.size() <= SlotColumn::max_rows);
  out.push_back(static_cast<char>(plan.transform));
  if (plan.transform == run_lengths) return write_runs(values, out);
  const bool framed = plan.transform == frame || plan.transform == frame_rows;
  const std::int64_t base = framed ? *std::min_element(values.begin(), values.end()) : values[0];
  put_zigzag(out, base);
  if (plan.transform == constant) return;
  if (plan.transform == delta2) put_zigzag(out, wrapping_sub(values[1], values[0]));
  with_residuals(plan.transform, values, base, [&](std::size_t count, auto residual) {
    if (plan.transform == frame_rows)
      put_rows(count, residual, out);
    else
      put_planes(count, residual, out);
  });
}

void encode_integers(Numbers values, std::string& out) {
  write_integers(values, plan_integers(values), out);
}

void encode_timestamps(Numbers ns, int zstd_level, std::string& out) {
  constexpr std::size_t least_rows = 128;  // or the grades' own compression is not worth it
  const IntegerPlan plan = plan_integers(ns);
  constexpr double regular_bits = 2;
  const bool regular = plan.transform == constant || plan.transform == delta2 ||
                       plan.bits < regular_bits * static_cast<double>(ns.size());
  if (ns.size() < least_rows || regular)
    write_integers(ns, plan, out);
  else
    write_graded_delta(ns, zstd_level, out);
}

namespace {

Result<std::vector<std::int64_t>> decode_plain(ByteReader& in, std::size_t count) {
  const std::string_view head = in.bytes(1);
  const std::int64_t base = in.zigzag();
  if (!in.ok()) return corrupt_integers();
  const auto transform = static_cast<unsigned char>(head[0]);
  if (transform == constant) return std::vector<std::int64_t>(count, base);
  const std::size_t given = transform == delta || transform == graded_delta ? 1
                            : transform == delta2                           ? 2
                                                                            : 0;
  if (transform < frame || transform > graded_delta || count < given) return corrupt_integers();
  std::vector<std::int64_t> values;
  reserve_touched(values, count);
  values.resize(count);
  if (given > 0) values[0] = base;
  if (transform == graded_delta)
    return get_graded_deltas(in, values) ? Result<std::vector<std::int64_t>>(std::move(values))
                                         : corrupt_integers();
  if (given > 1) values[1] = wrapping_add(base, in.zigzag());
  const auto residuals = std::span(values).subspan(given);
  const bool read = transform == frame_rows ? get_rows(in, residuals) : get_planes(in, residuals);
  if (!read) return corrupt_integers();
  if (transform == delta) sum_deltas(values);
  if (transform == delta2) sum_deltas_of_deltas(values);
  if (given == 0)
    for (auto& value : values) value = wrapping_add(value, base);
  return values;
}

// Of values that are no runs themselves.
template <typename Number>
Result<std::vector<Number>> decode_runs(ByteReader& in, std::size_t count) {
  const std::size_t heads = in.varint();
  if (!in.ok() || heads == 0 || heads > count) return corrupt_integers();
  SLUICE_TRY(const auto values, decode_plain(in, heads));
  SLUICE_TRY(const auto lengths, decode_plain(in, heads));
  std::vector<Number> all;
  all.reserve(count);
  for (std::size_t i = 0; i < heads; ++i) {
    if (bits_of(lengths[i]) >= count - all.size() || !std::in_range<Number>(values[i]))
      return corrupt_integers();
    all.insert(all.end(), bits_of(lengths[i]) + 1, static_cast<Number>(values[i]));
  }
  if (all.size() != count) return corrupt_integers();
  return all;
}

// Without a wider copy in between.
Result<std::vector<std::uint16_t>> decode_small_frame(ByteReader& in, std::size_t count) {
  const std::int64_t base = in.zigzag();
  std::vector<std::uint16_t> values;
  reserve_touched(values, count);
  values.resize(count);
  if (!std::in_range<std::uint16_t>(base) || !get_planes(in, values)) return corrupt_integers();
  if (base == 0) return values;
  std::uint32_t all = 0;
  for (auto& value : values) {
    const std::uint32_t sum = value + static_cast<std::uint32_t>(base);
    all |= sum;
    value = static_cast<std::uint16_t>(sum);
  }
  if (all > UINT16_MAX) return corrupt_integers();
  return values;
}

}  // namespace

Result<std::vector<std::int64_t>> decode_integers(ByteReader& in, std::size_t count) {
  if (count == 0) return std::vector<std::int64_t>{};
  if (count > SlotColumn::max_rows) return corrupt_integers();
  ByteReader ahead = in;
  if (ahead.bytes(1) != std::string_view("\x07")) return decode_plain(in, count);
  in = ahead;
  return decode_runs<std::int64_t>(in, count);
}

Result<std::vector<std::uint16_t>> decode_small_integers(ByteReader& in, std::size_t count) {
  if (count == 0) return std::vector<std::uint16_t>{};
  if (count > SlotColumn::max_rows) return corrupt_integers();
  ByteReader ahead = in;
  const std::string_view head = ahead.bytes(1);
  if (head == std::string_view("\x07")) {
    in = ahead;
    return decode_runs<std::uint16_t>(in, count);
  }
  if (head == std::string_view("\x02")) {
    in = ahead;
    return decode_small_frame(in, count);
  }
  SLUICE_TRY(const auto values, decode_plain(in, count));
  std::vector<std::uint16_t> small;
  small.reserve(count);
  for (const std::int64_t value : values) {
    if (!std::in_range<std::uint16_t>(value)) return corrupt_integers();
    small.push_back(static_cast<std::uint16_t>(value));
  }
  return small;
}

}  // namespace sluice::storage
