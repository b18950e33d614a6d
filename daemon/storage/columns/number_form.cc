#include "daemon/storage/columns/number_form.h"

#include <array>

#include "daemon/storage/columns/form_codec.h"
#include "daemon/storage/columns/timestamp_layout.h"

namespace sluice::storage {

namespace {

constexpr std::uint16_t most_digits = 18;
constexpr std::uint16_t uuid_width = 36;

bool valid_number(NumberForm form, std::uint16_t width) {
  switch (form) {
    case NumberForm::integer:
    case NumberForm::ipv4: return width == 0;
    case NumberForm::padded:
    case NumberForm::decimal:
    case NumberForm::decimal_trimmed:
    case NumberForm::decimal_float: return width >= 1 && width <= most_digits;
    case NumberForm::hex_lower:
    case NumberForm::hex_upper: return width >= 1 && width <= 16;
    case NumberForm::timestamp: return valid_layout(width);
    case NumberForm::uuid: return false;
  }
  return false;
}

bool valid_fixed(NumberForm form, std::uint16_t width) {
  if (form == NumberForm::uuid) return width == uuid_width;
  return (form == NumberForm::hex_lower || form == NumberForm::hex_upper) && width > 16 &&
         width <= max_fixed_bytes;
}

}  // namespace

bool valid_form(ColumnShape shape, NumberForm form, std::uint16_t width) {
  if (shape == ColumnShape::number) return valid_number(form, width);
  return shape == ColumnShape::fixed && valid_fixed(form, width);
}

char* render_number(std::int64_t number, NumberForm form, std::uint16_t width, char* out) {
  switch (form) {
    case NumberForm::integer: return render_integer(number, out);
    case NumberForm::padded: return put_digits(magnitude(number), width, out);
    case NumberForm::decimal: return render_decimal(number, width, width, out);
    case NumberForm::decimal_trimmed: return render_decimal(number, width, 0, out);
    case NumberForm::decimal_float: return render_decimal(number, width, 1, out);
    case NumberForm::hex_lower: return render_hex(number, width, false, out);
    case NumberForm::hex_upper: return render_hex(number, width, true, out);
    case NumberForm::ipv4: return render_ipv4(number, out);
    case NumberForm::timestamp: return render_timestamp(number, width, out);
    case NumberForm::uuid: return out;
  }
  return out;
}

std::size_t rendered_length(std::int64_t number, NumberForm form, std::uint16_t width) {
  const std::size_t sign = number < 0 ? 1 : 0;
  switch (form) {
    case NumberForm::integer: return sign + digits_of(magnitude(number));
    case NumberForm::decimal:
      return sign + digits_of(magnitude(number) / powers_of_ten[width]) + 1 + width;
    case NumberForm::padded:
    case NumberForm::hex_lower:
    case NumberForm::hex_upper: return width;
    case NumberForm::ipv4: return ipv4_length(number);
    case NumberForm::timestamp: return timestamp_length(number, width);
    default: break;
  }
  std::array<char, max_number_bytes> buffer;
  const char* end = render_number(number, form, width, buffer.data());
  return static_cast<std::size_t>(end - buffer.data());
}

std::optional<std::int64_t> parse_number(NumberForm form, std::uint16_t width,
                                         std::string_view text) {
  switch (form) {
    case NumberForm::integer: return parse_integer(text);
    case NumberForm::padded: return text.size() == width ? parse_padded(text) : std::nullopt;
    case NumberForm::decimal: return parse_decimal(text, width, width);
    case NumberForm::decimal_trimmed: return parse_decimal(text, width, 0);
    case NumberForm::decimal_float: return parse_decimal(text, width, 1);
    case NumberForm::hex_lower:
      return text.size() == width ? parse_hex(text, false) : std::nullopt;
    case NumberForm::hex_upper:
      return text.size() == width ? parse_hex(text, true) : std::nullopt;
    case NumberForm::ipv4: return parse_ipv4(text);
    case NumberForm::timestamp: return parse_timestamp(text, width);
    case NumberForm::uuid: return std::nullopt;
  }
  return std::nullopt;
}

std::size_t fixed_stride(NumberForm form, std::uint16_t width) {
  return form == NumberForm::uuid ? 16 : (std::size_t{width} + 1) / 2;
}

char* render_fixed(const char* value, NumberForm form, std::uint16_t width, char* out) {
  if (form == NumberForm::uuid) return render_uuid(value, out);
  return render_fixed_hex(value, width, form == NumberForm::hex_upper, out);
}

bool parse_fixed(NumberForm form, std::uint16_t width, std::string_view text, char* value) {
  if (text.size() != width) return false;
  if (form == NumberForm::uuid) return parse_uuid(text, value);
  return parse_fixed_hex(text, form == NumberForm::hex_upper, value);
}

}  // namespace sluice::storage
