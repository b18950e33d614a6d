#include "daemon/storage/columns/slot_test.h"

#include <algorithm>

#include "daemon/storage/columns/needle.h"
#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
// What English names of months and weekdays are made of, shortened to three letters.
constexpr std::string_view name_letters = "JFMASONDTWanebrpyulgctovhdi";

bool is_shown_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_one_of(char c, std::string_view set, bool fold) {
  if (set.find(c) != std::string_view::npos) return true;
  return fold && is_ascii_letter(c) && set.find(static_cast<char>(c ^ 0x20)) != set.npos;
}

bool made_of(const ValueTest& test, std::string_view alphabet) {
  return std::all_of(test.text.begin(), test.text.end(),
                     [&](char c) { return is_one_of(c, alphabet, test.fold); });
}

// Digits, a '-' only before them and only if there are negative numbers, at most `points` of '.'.
bool like_decimal(const ColumnInfo& info, std::string_view text, std::ptrdiff_t points) {
  if (text.starts_with('-') && info.min < 0) text.remove_prefix(1);
  return text.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(text.begin(), text.end(), '.') <= points;
}

struct Rendered {
  Rendered(std::int64_t number, const ColumnInfo& info)
      : size(static_cast<std::size_t>(render_number(number, info.form, info.width, bytes) -
                                      bytes)) {}
  std::string_view text() const { return {bytes, size}; }

  char bytes[max_number_bytes];
  std::size_t size;
};

// A character at a place of a timestamp where another time shows `shown`.
bool fits_place(char c, char shown, bool fold) {
  if (is_one_of(c, std::string_view(&shown, 1), fold)) return true;
  if (is_shown_digit(shown) || shown == ' ') return is_shown_digit(c) || c == ' ';
  return is_ascii_letter(shown) && is_one_of(c, name_letters, fold);
}

// How many leading bytes all times between these two share. Layouts that write the year first and
// no names sort like the times themselves; of others nothing is said.
std::size_t shared_bytes(std::string_view first, std::string_view last) {
  const bool year_first =
      first.size() >= 4 && std::all_of(first.begin(), first.begin() + 4, is_shown_digit);
  const bool names = std::any_of(first.begin(), first.end(),
                                 [](char c) { return is_ascii_letter(c) && c != 'T' && c != 'Z'; });
  if (!year_first || names) return 0;
  return static_cast<std::size_t>(std::mismatch(first.begin(), first.end(), last.begin()).first -
                                  first.begin());
}

// Days without a leading zero or space make some times longer than others.
bool always_as_long(const ColumnInfo& info) {
  constexpr std::int64_t day = 86'400'000'000'000;
  constexpr std::int64_t first_of_2000 = 10'957 * day;
  return rendered_length(first_of_2000, info.form, info.width) ==
         rendered_length(first_of_2000 + 9 * day, info.form, info.width);
}

bool timestamp_may_pass(const ColumnInfo& info, const ValueTest& test) {
  const Rendered first(info.min, info);
  const Rendered last(info.max, info);
  if (first.size != last.size || !always_as_long(info)) return true;
  if (test.text.size() > first.size) return false;
  const std::size_t shared = shared_bytes(first.text(), last.text());
  const std::size_t spare = first.size - test.text.size();
  const auto fits_at = [&](std::size_t from) {
    for (std::size_t i = 0; i < test.text.size(); ++i) {
      const char shown = first.bytes[from + i];
      const char c = test.text[i];
      if (from + i < shared ? !is_one_of(c, std::string_view(&shown, 1), test.fold)
                            : !fits_place(c, shown, test.fold))
        return false;
    }
    return true;
  };
  if (test.test == SlotTest::prefix) return fits_at(0);
  if (test.test == SlotTest::suffix) return fits_at(spare);
  for (std::size_t from = 0; from <= spare; ++from)
    if (fits_at(from)) return true;
  return false;
}

bool number_may_equal(const ColumnInfo& info, std::string_view text) {
  const auto number = parse_number(info.form, info.width, text);
  return number && *number >= info.min && *number <= info.max;
}

// Lengths grow with the distance from zero, so the longest value is the least or the greatest.
bool short_enough(const ColumnInfo& info, std::string_view text) {
  return text.size() <= std::max(rendered_length(info.min, info.form, info.width),
                                 rendered_length(info.max, info.form, info.width));
}

bool number_may_pass(const ColumnInfo& info, const ValueTest& test) {
  if (test.test == SlotTest::equals && !test.fold) return number_may_equal(info, test.text);
  switch (info.form) {
    case NumberForm::integer:
      return like_decimal(info, test.text, 0) && short_enough(info, test.text);
    case NumberForm::padded: return test.text.size() <= info.width && made_of(test, digits);
    case NumberForm::decimal:
      return like_decimal(info, test.text, 1) && short_enough(info, test.text);
    case NumberForm::decimal_trimmed:
    case NumberForm::decimal_float: return like_decimal(info, test.text, 1);
    case NumberForm::hex_lower:
    case NumberForm::hex_upper: return test.text.size() <= info.width && made_of(test, hex_digits);
    case NumberForm::ipv4: return test.text.size() <= 15 && made_of(test, "0123456789.");
    case NumberForm::timestamp: return timestamp_may_pass(info, test);
    case NumberForm::uuid: return true;
  }
  return true;
}

bool fixed_may_pass(const ColumnInfo& info, const ValueTest& test) {
  const bool uuid = info.form == NumberForm::uuid;
  if (test.text.size() > info.width) return false;
  if (test.test == SlotTest::equals && test.text.size() != info.width) return false;
  return made_of(test, uuid ? "0123456789abcdef-" : hex_digits);
}

}  // namespace

bool passes(const ValueTest& test, std::string_view value) {
  switch (test.test) {
    case SlotTest::equals: return same(value, test.text, test.fold);
    case SlotTest::prefix: return begins_with(value, test.text, test.fold);
    case SlotTest::suffix: return ends_with(value, test.text, test.fold);
    case SlotTest::contains: return contains(value, test.text, test.fold);
  }
  return false;
}

bool may_pass(const ColumnInfo& info, const ValueTest& test) {
  if (test.text.empty()) return test.test != SlotTest::equals || info.shape <= ColumnShape::text;
  switch (info.shape) {
    case ColumnShape::number: return number_may_pass(info, test);
    case ColumnShape::fixed: return fixed_may_pass(info, test);
    case ColumnShape::dictionary:
    case ColumnShape::text:
    case ColumnShape::pattern: return true;
  }
  return true;
}

// Runs of letters are hex digits or, at most three long, names in timestamps; the rest of ASCII
// letters and bytes from 0x80 on stand in no typed value.
bool may_be_typed(std::string_view text) {
  std::size_t run = 0;
  bool hex = true;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    run = is_ascii_letter(c) ? run + 1 : 0;
    hex = run == 0 || ((run == 1 || hex) && hex_digits.find(c) != std::string_view::npos);
    if (run > 3 && !hex) return false;
  }
  return true;
}

}  // namespace sluice::storage
