// Numbers less the row's timestamp: lines mostly carry a time near their entry's.
#include <array>

#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/timestamp_layout.h"

namespace sluice::storage {

namespace {

constexpr std::array<std::int64_t, 6> reference_units = {0, 0, 1, 1'000, 1'000'000, 1'000'000'000};

// visit(i, what the reference shows of row i's time), in the units the numbers are stored in.
template <std::int64_t unit, typename Visit>
void each_time(const ColumnInfo& info, Times times, Visit visit) {
  const bool projected = info.form == NumberForm::timestamp;
  TimeProjector project(info.width);
  for (std::size_t i = 0; i < times.size(); ++i) {
    std::int64_t ns = unix_ns(times[i]);
    if (projected) ns = project(ns);
    visit(i, ns / unit - (ns % unit < 0 ? 1 : 0));
  }
}

template <typename Visit>
void each_time(const ColumnInfo& info, TimeReference reference, Times times, Visit visit) {
  switch (reference) {
    case TimeReference::none: return;
    case TimeReference::ns: return each_time<1>(info, times, visit);
    case TimeReference::us: return each_time<1'000>(info, times, visit);
    case TimeReference::ms: return each_time<1'000'000>(info, times, visit);
    case TimeReference::s: return each_time<1'000'000'000>(info, times, visit);
  }
}

}  // namespace

TimeReference unit_reference(std::uint16_t layout) {
  const std::int64_t unit = layout_unit(layout);
  std::uint8_t code = 2;
  while (reference_units[code] != unit) ++code;
  return TimeReference{code};
}

void subtract_times(const ColumnInfo& info, TimeReference reference, Times times,
                    std::span<std::int64_t> numbers) {
  each_time(info, reference, times, [numbers](std::size_t i, std::int64_t time) {
    numbers[i] = wrapping_sub(numbers[i], time);
  });
}

void add_times(const ColumnInfo& info, TimeReference reference, Times times,
               std::span<std::int64_t> numbers) {
  each_time(info, reference, times, [numbers](std::size_t i, std::int64_t time) {
    numbers[i] = wrapping_add(numbers[i], time);
  });
}

}  // namespace sluice::storage
