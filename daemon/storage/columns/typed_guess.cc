// Which typed encodings are worth trying, from a sample; and reading all values in one.
#include <algorithm>

#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/number_form.h"
#include "daemon/storage/columns/timestamp_layout.h"

namespace sluice::storage {

namespace {

bool all_fit(Values sample, const ColumnInfo& info) {
  const bool number = info.shape == ColumnShape::number;
  std::string room(number ? 0 : fixed_stride(info.form, info.width), '\0');
  return std::all_of(sample.begin(), sample.end(), [&](std::string_view value) {
    return number ? parse_number(info.form, info.width, value).has_value()
                  : parse_fixed(info.form, info.width, value, room.data());
  });
}

std::size_t fraction_digits(std::string_view value) {
  const std::size_t point = value.find('.');
  return point == std::string_view::npos ? 0 : value.size() - point - 1;
}

std::uint16_t most_fraction_digits(Values values) {
  std::size_t most = 1;
  for (const std::string_view value : values) most = std::max(most, fraction_digits(value));
  return static_cast<std::uint16_t>(std::min<std::size_t>(most, 99));
}

bool trims(NumberForm form) {
  return form == NumberForm::decimal_trimmed || form == NumberForm::decimal_float;
}

// Every form the first value could have, with the width it would have there.
std::vector<ColumnInfo> forms_like(Values sample) {
  const std::string_view first = sample.front();
  const auto length = static_cast<std::uint16_t>(std::min<std::size_t>(first.size(), 999));
  const auto digits = static_cast<std::uint16_t>(std::min<std::size_t>(fraction_digits(first), 99));
  const std::uint16_t most = most_fraction_digits(sample);
  constexpr std::size_t usual = 16;
  std::vector<ColumnInfo> forms;
  forms.reserve(usual);
  for (const std::uint16_t layout : layouts_of(first))
    forms.push_back(info_of(ColumnEncoding::timestamp, layout));
  forms.push_back(info_of(ColumnEncoding::integer));
  forms.push_back(info_of(ColumnEncoding::padded, length));
  forms.push_back(info_of(ColumnEncoding::ipv4));
  forms.push_back(info_of(ColumnEncoding::decimal, digits));
  forms.push_back(info_of(ColumnEncoding::decimal_trimmed, most));
  forms.push_back(info_of(ColumnEncoding::decimal_float, most));
  for (const auto encoding : {ColumnEncoding::hex_lower, ColumnEncoding::hex_upper,
                              ColumnEncoding::fixed_hex_lower, ColumnEncoding::fixed_hex_upper})
    forms.push_back(info_of(encoding, length));
  forms.push_back(info_of(ColumnEncoding::uuid));
  std::erase_if(forms, [](const ColumnInfo& f) { return !valid_form(f.shape, f.form, f.width); });
  return forms;
}

}  // namespace

std::vector<ColumnInfo> typed_guesses(Values sample) {
  if (sample.empty()) return {};
  auto forms = forms_like(sample);
  std::erase_if(forms, [&](const ColumnInfo& form) { return !all_fit(sample, form); });
  return forms;
}

namespace {

template <typename Parse>
bool read_all(Values values, Parse parse, std::vector<std::int64_t>& numbers) {
  numbers.clear();
  numbers.reserve(values.size());
  for (const std::string_view value : values) {
    const auto number = parse(value);
    if (!number) return false;
    numbers.push_back(*number);
  }
  return true;
}

}  // namespace

bool read_numbers(Values values, ColumnInfo& info, std::vector<std::int64_t>& numbers) {
  if (trims(info.form)) info.width = most_fraction_digits(values);
  if (!valid_form(info.shape, info.form, info.width)) return false;
  if (info.form == NumberForm::timestamp)
    return read_all(values, TimestampParser(info.width), numbers);
  return read_all(
      values, [&](std::string_view value) { return parse_number(info.form, info.width, value); },
      numbers);
}

}  // namespace sluice::storage
