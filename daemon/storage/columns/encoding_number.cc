// What all forms of numbers share: min and max, the reference to the rows' timestamps, integers.
#include <algorithm>
#include <cstdlib>

#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/number_form.h"
#include "daemon/storage/columns/timestamp_layout.h"

namespace sluice::storage {

namespace {

// The reference for numbers that lie near the row's time in some unit.
TimeReference near_reference(std::int64_t number, Timestamp time) {
  std::int64_t now = unix_ns(time);
  for (const auto reference :
       {TimeReference::ns, TimeReference::us, TimeReference::ms, TimeReference::s}) {
    const std::int64_t off = wrapping_sub(number, now);
    if (now > 0 && off > -now / 8 && off < now / 8) return reference;
    now /= 1000;
  }
  return TimeReference::none;
}

std::size_t varint_size(std::int64_t n) {
  std::string out;
  put_zigzag(out, n);
  return out.size();
}

Result<void> check_range(const ColumnInfo& info, std::span<const std::int64_t> numbers) {
  bool inside = true;
  for (const std::int64_t n : numbers) inside = inside && n >= info.min && n <= info.max;
  if (!inside) return corrupt_column("a number lies outside of min and max");
  return {};
}

}  // namespace

NumberPlan plan_numbers(const ColumnInfo& info, std::vector<std::int64_t> numbers, Times times) {
  NumberPlan plan;
  plan.info = info;
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  plan.info.min = *least;
  plan.info.max = *most;
  const bool timestamp = info.form == NumberForm::timestamp;
  const auto reference =
      timestamp ? unit_reference(info.width) : near_reference(numbers.front(), times.front());
  if (timestamp)
    for (auto& number : numbers) number /= layout_unit(info.width);
  plan.integers = plan_integers(numbers);
  plan.stored = std::move(numbers);
  if (reference != TimeReference::none) {
    auto relative = plan.stored;
    subtract_times(info, reference, times, relative);
    const IntegerPlan other = plan_integers(relative);
    if (other.bits < plan.integers.bits) {
      plan.integers = other;
      plan.reference = reference;
      plan.stored = std::move(relative);
    }
  }
  // Significant bits leave out the highest one, which says how many there are.
  const double bits =
      plan.integers.bits + std::min(plan.integers.bits, static_cast<double>(plan.stored.size()));
  constexpr double heads = 6;
  plan.cost = heads + bits / 8 +
              static_cast<double>(varint_size(plan.info.min) + varint_size(plan.info.max));
  return plan;
}

ColumnInfo encode_numbers(const NumberPlan& plan, std::string& out) {
  out.push_back(static_cast<char>(plan.reference));
  write_integers(plan.stored, plan.integers, out);
  return plan.info;
}

Result<void> ColumnDecoder::numbers() {
  const ColumnInfo& info = column_.info_;
  const std::string_view head = in_.bytes(1);
  if (!in_.ok()) return corrupt_column("numbers are cut");
  const auto reference = static_cast<TimeReference>(head[0]);
  if (reference < TimeReference::none || reference > TimeReference::s)
    return corrupt_column("unknown reference");
  const bool timestamp = info.form == NumberForm::timestamp;
  if (timestamp && reference != TimeReference::none && reference != unit_reference(info.width))
    return corrupt_column("reference is not the layout's");
  if (reference != TimeReference::none && times_.size() != rows_)
    return corrupt_column("numbers lack the times they are relative to");
  SLUICE_TRY(column_.numbers_, decode_integers(in_, rows_));
  add_times(info, reference, times_, column_.numbers_);
  if (timestamp) {
    const auto unit = static_cast<std::uint64_t>(layout_unit(info.width));
    for (auto& n : column_.numbers_)
      n = static_cast<std::int64_t>(static_cast<std::uint64_t>(n) * unit);
  }
  return check_range(info, column_.numbers_);
}

}  // namespace sluice::storage
