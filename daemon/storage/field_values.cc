#include "daemon/storage/field_values.h"

#include <algorithm>

#include "query/logql/line_arena.h"
#include "query/logql/logfmt.h"

namespace sluice::storage {

namespace {

using Parser = query::LogProjection::Parser;

// Read by the parser's own reader, as a pair of its own.
std::optional<std::string_view> read_pair(bool quoted, std::string_view bytes,
                                          std::string& scratch) {
  std::string pair = quoted ? "k=\"" : "k=";
  pair += bytes;
  if (quoted) pair += '"';
  query::logql::LineArena arena;
  query::logql::LogfmtReader reader(pair, arena);
  query::logql::LogfmtPair found;
  if (reader.next(found) != query::logql::LogfmtReader::Status::pair) return std::nullopt;
  scratch = found.value;
  return std::string_view(scratch);
}

// JSON's escapes are among those of logfmt; lone surrogates, where the two differ, are kept from
// here by FieldReader.
std::optional<std::string_view> json_value(bool quoted, std::string_view bytes,
                                           std::string& scratch) {
  if (!quoted && (bytes == "null" || bytes.starts_with('['))) return std::nullopt;
  if (!quoted || bytes.find('\\') == std::string_view::npos) return bytes;
  return read_pair(true, bytes, scratch);
}

constexpr std::int64_t exact_double = std::int64_t{1} << 53;

double power_of_ten(std::uint16_t exponent) {
  double power = 1;
  for (std::uint16_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

std::optional<std::string_view> field_value(Parser parser, bool quoted, std::string_view bytes,
                                            std::string& scratch) {
  if (parser == Parser::json) return json_value(quoted, bytes, scratch);
  auto value = std::optional<std::string_view>(bytes);
  if (bytes.find_first_of("\\\"=") != std::string_view::npos)
    value = read_pair(quoted, bytes, scratch);
  return value && !value->empty() ? value : std::nullopt;
}

bool all_plain(Parser parser, bool quoted, std::span<const std::string_view> values) {
  const auto plain = [&](std::string_view value) {
    if (parser == Parser::logfmt)
      return !value.empty() && value.find_first_of("\\\"=") == std::string_view::npos;
    return quoted && value.find('\\') == std::string_view::npos;
  };
  return std::all_of(values.begin(), values.end(), plain);
}

// Integers below 2^53 are exact, and so are powers of ten up to 10^22: a quotient of the two is
// rounded once, as parsing the decimal is.
bool gives_numbers(const ColumnInfo& info) {
  if (info.shape != ColumnShape::number || info.min < -exact_double || info.max > exact_double)
    return false;
  switch (info.form) {
    case NumberForm::integer:
    case NumberForm::padded: return true;
    case NumberForm::decimal:
    case NumberForm::decimal_trimmed:
    case NumberForm::decimal_float: return info.width <= 22;
    default: return false;
  }
}

NumberScale::NumberScale(const ColumnInfo& info) {
  const bool whole = info.form == NumberForm::integer || info.form == NumberForm::padded;
  if (!whole) divisor_ = power_of_ten(info.width);
}

}  // namespace sluice::storage
