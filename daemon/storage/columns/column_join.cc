#include "daemon/storage/columns/column_join.h"

#include <algorithm>
#include <array>

#include "base/types/assert.h"
#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/form_codec.h"
#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

namespace {

bool trims_zeros(NumberForm form) {
  return form == NumberForm::decimal_trimmed || form == NumberForm::decimal_float;
}

bool is_dictionary(const JoinSource& source) {
  return source.column != nullptr && source.column->shape() == ColumnShape::dictionary;
}

// Numbers of `from` digits after the point as such of `to`. False: one would be too large.
bool widen(std::span<const std::int64_t> numbers, std::uint16_t from, std::uint16_t to,
           std::vector<std::int64_t>& out) {
  const auto factor = static_cast<std::int64_t>(powers_of_ten[to - from]);
  out.resize(numbers.size());
  bool fits = true;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    fits = fits && !__builtin_mul_overflow(numbers[i], factor, &out[i]) && out[i] != INT64_MIN;
  }
  return fits;
}

}  // namespace

std::optional<ColumnInfo> ColumnJoin::common_info(Sources sources) {
  std::optional<ColumnInfo> common;
  for (const JoinSource& source : sources) {
    if (source.column == nullptr || source.column->shape() == ColumnShape::text)
      return std::nullopt;
    if (is_dictionary(source)) continue;
    const ColumnInfo& info = source.column->info();
    if (!common) {
      common = info;
      continue;
    }
    if (info.shape != common->shape || info.form != common->form) return std::nullopt;
    if (info.width != common->width && !trims_zeros(info.form)) return std::nullopt;
    common->width = std::max(common->width, info.width);
  }
  return common;
}

// A column of numbers in the common form, or the numbers that the values of a dictionary are.
bool ColumnJoin::convert_numbers(const JoinSource& source, const ColumnInfo& info) {
  auto& out = converted_.emplace_back();
  if (!is_dictionary(source)) {
    const SlotColumn& column = *source.column;
    return column.info().width == info.width ||
           widen(column.numbers(), column.info().width, info.width, out);
  }
  for (const std::string_view value : source.column->values()) {
    const auto number = parse_number(info.form, info.width, value);
    if (!number) return false;
    out.push_back(*number);
  }
  return true;
}

bool ColumnJoin::gather_numbers(Sources sources, Origins origins, const ColumnInfo& info) {
  converted_.clear();
  for (const JoinSource& source : sources)
    if (!convert_numbers(source, info)) return false;
  numbers_.resize(origins.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto [source, row] = origins[i];
    const SlotColumn& column = *sources[source].column;
    const auto& converted = converted_[source];
    if (is_dictionary(sources[source]))
      numbers_[i] = converted[column.code(row)];
    else
      numbers_[i] = converted.empty() ? column.numbers()[row] : converted[row];
  }
  return true;
}

// Few distinct numbers may be cheaper as a dictionary, like few distinct texts.
std::optional<ColumnInfo> ColumnJoin::join_numbers(Sources sources, Origins origins,
                                                   const ColumnInfo& info, Times times,
                                                   std::string& out) {
  if (!gather_numbers(sources, origins, info)) return std::nullopt;
  Distinct distinct;
  const bool few = find_distinct_numbers(numbers_, distinct);
  const NumberPlan plan = plan_numbers(info, numbers_, times);
  if (few) {
    arena_.clear();
    arena_.reserve(distinct.first.size() * max_number_bytes);
    values_.assign(origins.size(), {});
    for (const std::uint32_t row : distinct.first) {
      const std::size_t begin = arena_.size();
      sources[origins[row].source].column->append(origins[row].row, arena_);
      values_[row] = std::string_view(arena_).substr(begin);
    }
    if (distinct.first.size() == 1 || distinct_cost(values_, distinct) <= plan.cost) {
      distinct_ = distinct.first;
      return encode_distinct(values_, distinct, out);
    }
  }
  return encode_numbers(plan, out);
}

ColumnInfo ColumnJoin::join_fixed(Sources sources, Origins origins, const ColumnInfo& info,
                                  std::string& out) {
  const std::size_t stride = fixed_stride(info.form, info.width);
  out.reserve(out.size() + stride * origins.size());
  for (const auto [source, row] : origins)
    out.append(sources[source].column->bytes().substr(row * stride, stride));
  return info;
}

// nullopt: too many values are distinct.
std::optional<ColumnInfo> ColumnJoin::join_dictionaries(Sources sources, Origins origins,
                                                        Times times, std::string& out) {
  by_value_.clear();
  codes_.assign(sources.size(), {});
  for (std::size_t s = 0; s < sources.size(); ++s)
    codes_[s].resize(sources[s].column->values().size());
  const std::size_t most = std::min(max_distinct, std::max<std::size_t>(1, origins.size() / 2));
  Distinct distinct;
  distinct.codes.reserve(origins.size());
  values_.resize(origins.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const SlotColumn& column = *sources[origins[i].source].column;
    const std::uint32_t there = column.code(origins[i].row);
    values_[i] = column.values()[there];
    std::uint32_t& code = codes_[origins[i].source][there];
    if (code == 0) {
      const auto next = static_cast<std::uint32_t>(distinct.first.size());
      const auto [found, added] = by_value_.try_emplace(values_[i], next);
      if (added) {
        if (next == most) return std::nullopt;
        distinct.first.push_back(static_cast<std::uint32_t>(i));
        distinct.counts.push_back(0);
      }
      code = found->second + 1;
    }
    ++distinct.counts[code - 1];
    distinct.codes.push_back(code - 1);
  }
  return encode_few(values_, times, std::move(distinct), out, &distinct_);
}

void ColumnJoin::render_values(Sources sources, Origins origins) {
  std::size_t room = 0;
  for (const auto [source, row] : origins) {
    const SlotColumn* column = sources[source].column;
    if (column != nullptr && column->shape() >= ColumnShape::number) room += column->length(row);
  }
  arena_.clear();
  arena_.reserve(room);
  values_.resize(origins.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto [source, row] = origins[i];
    const SlotColumn* column = sources[source].column;
    if (column == nullptr) {
      values_[i] = sources[source].texts[row];
    } else if (column->shape() == ColumnShape::dictionary) {
      values_[i] = column->values()[column->code(row)];
    } else if (column->shape() == ColumnShape::text) {
      values_[i] = column->text(row);
    } else {
      const std::size_t begin = arena_.size();
      column->append(row, arena_);
      values_[i] = std::string_view(arena_).substr(begin);
    }
  }
  SLUICE_ASSERT(arena_.size() == room);  // or views would point nowhere
}

ColumnInfo ColumnJoin::join_texts(Sources sources, Origins origins, Times times,
                                  std::string& out) {
  render_values(sources, origins);
  return encode_column(values_, times, out, &distinct_);
}

ColumnInfo ColumnJoin::encode(Sources sources, Origins origins, Times times, std::string& out) {
  SLUICE_ASSERT(!origins.empty() && origins.size() == times.size());
  std::optional<ColumnInfo> info;
  const auto common = common_info(sources);
  const bool any_dictionary = std::any_of(sources.begin(), sources.end(), is_dictionary);
  if (std::all_of(sources.begin(), sources.end(), is_dictionary))
    info = join_dictionaries(sources, origins, times, out);
  else if (common && common->shape == ColumnShape::number)
    info = join_numbers(sources, origins, *common, times, out);
  else if (common && common->shape == ColumnShape::fixed && !any_dictionary)
    info = join_fixed(sources, origins, *common, out);
  if (!info) info = join_texts(sources, origins, times, out);
  shape_ = info->shape;
  return *info;
}

}  // namespace sluice::storage
