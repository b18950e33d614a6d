// NumberForm in both directions: how a number or a fixed value of a column is written, and what was
// written. Parsing is the exact inverse of rendering: it gives a number only if rendering that
// number gives the same bytes, so a search may compare numbers in place of text.
//
// Rendering is defined for every number and every width that valid() accepts, also for numbers no
// text stands for (a padded number with too many digits shows its last ones). Safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

// No number is rendered longer, and no fixed value.
inline constexpr std::size_t max_number_bytes = 48;
inline constexpr std::size_t max_fixed_bytes = 128;

// Whether columns of `shape` (number or fixed) may have this form and width.
bool valid_form(ColumnShape shape, NumberForm form, std::uint16_t width);

// Writes at most max_number_bytes to `out` and returns the end of what it wrote.
char* render_number(std::int64_t number, NumberForm form, std::uint16_t width, char* out);
// The length of that.
std::size_t rendered_length(std::int64_t number, NumberForm form, std::uint16_t width);
std::optional<std::int64_t> parse_number(NumberForm form, std::uint16_t width,
                                         std::string_view text);

// Fixed values: hex digits (17 to max_fixed_bytes of them) and UUIDs (width 36). An odd number of
// hex digits begins with half a byte.
std::size_t fixed_stride(NumberForm form, std::uint16_t width);  // bytes of one value
// Writes `width` bytes and returns their end.
char* render_fixed(const char* value, NumberForm form, std::uint16_t width, char* out);
// Writes fixed_stride() bytes to `value`. False, with `value` in any state: not of this form.
bool parse_fixed(NumberForm form, std::uint16_t width, std::string_view text, char* value);

}  // namespace sluice::storage
