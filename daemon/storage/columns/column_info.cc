#include <array>

#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

namespace {

struct Kind {
  ColumnEncoding encoding;
  ColumnShape shape;
  NumberForm form;
  bool has_width;
};

constexpr std::array<Kind, 15> kinds = {{
    {ColumnEncoding::dictionary, ColumnShape::dictionary, NumberForm::integer, false},
    {ColumnEncoding::text, ColumnShape::text, NumberForm::integer, false},
    {ColumnEncoding::integer, ColumnShape::number, NumberForm::integer, false},
    {ColumnEncoding::padded, ColumnShape::number, NumberForm::padded, true},
    {ColumnEncoding::decimal, ColumnShape::number, NumberForm::decimal, true},
    {ColumnEncoding::hex_lower, ColumnShape::number, NumberForm::hex_lower, true},
    {ColumnEncoding::hex_upper, ColumnShape::number, NumberForm::hex_upper, true},
    {ColumnEncoding::ipv4, ColumnShape::number, NumberForm::ipv4, false},
    {ColumnEncoding::timestamp, ColumnShape::number, NumberForm::timestamp, true},
    {ColumnEncoding::fixed_hex_lower, ColumnShape::fixed, NumberForm::hex_lower, true},
    {ColumnEncoding::fixed_hex_upper, ColumnShape::fixed, NumberForm::hex_upper, true},
    {ColumnEncoding::uuid, ColumnShape::fixed, NumberForm::uuid, false},
    {ColumnEncoding::pattern, ColumnShape::text, NumberForm::integer, false},
    {ColumnEncoding::decimal_trimmed, ColumnShape::number, NumberForm::decimal_trimmed, true},
    {ColumnEncoding::decimal_float, ColumnShape::number, NumberForm::decimal_float, true},
}};

// Encodings are numbered from 1, in the order of the table.
const Kind* kind_of(std::uint8_t encoding) {
  const std::size_t place = encoding - std::size_t{1};
  return place < kinds.size() ? &kinds[place] : nullptr;
}

static_assert([] {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (static_cast<std::size_t>(kinds[i].encoding) != i + 1) return false;
  return true;
}());

ColumnInfo info_of(const Kind& kind, std::uint16_t width) {
  ColumnInfo info;
  info.encoding = static_cast<std::uint8_t>(kind.encoding);
  info.shape = kind.shape;
  info.form = kind.form;
  info.width = kind.encoding == ColumnEncoding::uuid ? 36 : width;
  return info;
}

}  // namespace

Error corrupt_column(std::string_view what) {
  return {ErrorCode::corrupt, "slot column: " + std::string(what)};
}

ColumnInfo info_of(ColumnEncoding encoding, std::uint16_t width) {
  return info_of(*kind_of(static_cast<std::uint8_t>(encoding)), width);
}

ColumnInfo info_of(ColumnShape shape, NumberForm form, std::uint16_t width) {
  for (const Kind& kind : kinds)
    if (kind.shape == shape && kind.form == form) return info_of(kind, width);
  return {};
}

bool valid_info(const ColumnInfo& info) {
  if (info.shape == ColumnShape::dictionary)
    return info.distinct > 0 && info.distinct <= SlotColumn::max_rows;
  if (info.shape == ColumnShape::text) return true;
  return valid_form(info.shape, info.form, info.width) && info.min <= info.max;
}

void put_column_info(std::string& out, const ColumnInfo& info) {
  out.push_back(static_cast<char>(info.encoding));
  if (info.shape == ColumnShape::dictionary) put_varint(out, info.distinct);
  if (kind_of(info.encoding)->has_width) put_varint(out, info.width);
  if (info.shape != ColumnShape::number) return;
  put_zigzag(out, info.min);
  put_zigzag(out, info.max);
}

Result<ColumnInfo> read_column_info(ByteReader& in) {
  const std::string_view head = in.bytes(1);
  if (!in.ok()) return corrupt_column("info is cut");
  const Kind* kind = kind_of(static_cast<unsigned char>(head[0]));
  if (kind == nullptr)
    return corrupt_column("unknown encoding; a newer version may have written it");
  ColumnInfo info = info_of(*kind, 0);
  std::uint64_t width = info.width;
  std::uint64_t distinct = 0;
  if (info.shape == ColumnShape::dictionary) distinct = in.varint();
  if (kind->has_width) width = in.varint();
  if (info.shape == ColumnShape::number) info.min = in.zigzag();
  if (info.shape == ColumnShape::number) info.max = in.zigzag();
  info.width = static_cast<std::uint16_t>(width);
  info.distinct = static_cast<std::uint32_t>(distinct);
  if (!in.ok() || info.width != width || info.distinct != distinct || !valid_info(info))
    return corrupt_column("info is out of range");
  return info;
}

}  // namespace sluice::storage
