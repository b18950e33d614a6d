// Template list: docs/format/log-template.md.
#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/template.h"
#include "daemon/storage/columns/template_fields.h"

namespace sluice::storage {

namespace {

constexpr int template_list_level = 3;
// What TemplateTable may hold, with the lengths of pieces and the kinds.
constexpr std::size_t max_list_bytes = TemplateTable::max_bytes + (1 << 20);

Error damaged_list(const char* what) {
  return {ErrorCode::corrupt, std::string("template list: ") + what};
}

// `room`: how many more pieces the list may have; TemplateTable counts 8 bytes for each.
bool read_template(ByteReader& in, std::size_t& room, LineTemplate& out) {
  const std::uint64_t kind = in.varint();
  const std::size_t slots = in.count(1);
  if (!in.ok() || kind < 1 || kind > 3 || slots > max_line_slots || slots >= room) return false;
  room -= slots + 1;
  out.kind = static_cast<LineKind>(kind);
  out.pieces.reserve(slots + 1);
  for (std::size_t i = 0; i <= slots; ++i) out.pieces.emplace_back(in.string());
  if (!in.ok()) return false;
  auto fields = fields_of(out.kind, out.pieces);
  if (!fields) return false;
  out.fields = std::move(*fields);
  return true;
}

}  // namespace

std::string encode_templates(std::span<const LineTemplate> templates) {
  std::string raw;
  put_varint(raw, templates.size());
  for (const auto& each : templates) {
    put_varint(raw, static_cast<std::uint64_t>(each.kind));
    put_varint(raw, each.slots());
    for (const auto& piece : each.pieces) put_string(raw, piece);
  }
  std::string out;
  put_varint(out, raw.size());
  append_zstd(out, raw, template_list_level);
  return out;
}

Result<std::vector<LineTemplate>> decode_templates(std::string_view payload) {
  ByteReader outer(payload);
  const std::uint64_t raw_size = outer.varint();
  if (!outer.ok() || raw_size > max_list_bytes) return damaged_list("bad size");
  SLUICE_TRY(const std::string raw, zstd_block(outer.bytes(outer.left()), raw_size));
  ByteReader in(raw);
  const std::size_t count = in.count(3);
  if (count > TemplateTable::max_templates) return damaged_list("too many templates");
  std::vector<LineTemplate> templates(count);
  std::size_t room = TemplateTable::max_bytes / 8;
  for (auto& each : templates)
    if (!read_template(in, room, each)) return damaged_list("bad template");
  if (!in.finished()) return damaged_list("bytes are left");
  return templates;
}

}  // namespace sluice::storage
