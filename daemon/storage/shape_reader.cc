#include "daemon/storage/shape_reader.h"

#include <algorithm>
#include <unordered_map>

#include "daemon/storage/shape_classes.h"
#include "rules/template_key.h"

namespace sluice::storage {

namespace {

bool spaces_only(const std::string& piece) {
  return std::none_of(piece.begin(), piece.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

// The slots that hold the text fields of a structured line at its top; empty: all of it counts.
std::vector<std::uint32_t> field_slots(const LineTemplate& line,
                                       const std::vector<std::string>& fields, bool surrogates) {
  std::vector<std::uint32_t> slots;
  const bool json = line.kind == LineKind::json;
  if (line.kind == LineKind::text || (json && surrogates)) return slots;
  // Other separators are read by columns, not by everybody.
  if (!json && !std::all_of(line.pieces.begin(), line.pieces.end(), spaces_only)) return slots;
  for (std::uint32_t slot = 0; slot < line.slots(); ++slot) {
    const std::string_view field = line.fields[slot];
    if (json && (!field.starts_with('\x1f') || !line.pieces[slot].ends_with('"'))) continue;
    const auto name = json ? field.substr(1) : field;
    if (std::find(fields.begin(), fields.end(), name) != fields.end()) slots.push_back(slot);
  }
  return slots;
}

// Makes `classes` those of the pairs (class, code). Numbers from 0, in order of appearance.
void refine(std::vector<std::uint32_t>& classes, const std::vector<std::uint32_t>& codes) {
  if (codes.empty()) return;
  if (classes.empty()) {
    classes = codes;
    return;
  }
  std::unordered_map<std::uint64_t, std::uint32_t> pairs;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::uint64_t pair = std::uint64_t{classes[i]} << 32 | codes[i];
    classes[i] = pairs.try_emplace(pair, static_cast<std::uint32_t>(pairs.size())).first->second;
  }
}

}  // namespace

Result<void> ShapeReader::fill(std::span<const std::uint32_t> rows,
                               std::vector<std::uint32_t>& out) {
  SLUICE_TRY(const RowPartition* partition, reader_.by_template());
  OrdinalFinder ordinals(*partition);
  out.clear();
  out.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    const std::uint32_t kind = partition->kind(row);
    if (!kinds_[kind]) SLUICE_CHECK(load(kind));
    const Shapes& shapes = *kinds_[kind];
    out.push_back(shapes.size() == 1 ? shapes.front() : shapes[ordinals.of(row)]);
  }
  return {};
}

Result<void> ShapeReader::load(std::size_t kind) {
  const auto& header = reader_.header();
  const LineTemplate& line = reader_.template_list()[header.templates[kind].number];
  const auto slots = field_slots(line, wanted_.fields, header.surrogates);
  SLUICE_CHECK(slots.empty() ? load_line(kind) : load_fields(kind, slots));
  bytes_ += kinds_[kind]->size() * sizeof(std::uint32_t);
  return {};
}

// Each class a number that no other row of the group has.
void ShapeReader::number(Shapes& classes) {
  if (classes.empty()) classes.push_back(0);
  const std::uint32_t first = next_;
  for (std::uint32_t& shape : classes) {
    shape += first;
    next_ = std::max(next_, shape + 1);
  }
}

Result<void> ShapeReader::load_line(std::size_t kind) {
  const GroupTemplate& group = reader_.header().templates[kind];
  const LineTemplate& line = reader_.template_list()[group.number];
  Shapes classes;
  for (std::uint32_t slot = 0; slot < group.slots; ++slot) {
    const auto place = rules::place_between(line.pieces[slot], line.pieces[slot + 1], slot == 0,
                                            slot + 1 == group.slots);
    const auto& info = reader_.header().columns[group.first_column + slot].info;
    if (one_class(info, place)) continue;
    SLUICE_TRY(const SlotColumn* column, reader_.column(group.number, slot));
    refine(classes, classes_of(*column, place, false));
  }
  number(classes);
  kinds_[kind] = std::move(classes);
  return {};
}

Result<void> ShapeReader::load_fields(std::size_t kind, const std::vector<std::uint32_t>& slots) {
  const GroupTemplate& group = reader_.header().templates[kind];
  Shapes classes;
  std::vector<char> filled(group.rows);
  for (const std::uint32_t slot : slots) {
    SLUICE_TRY(const SlotColumn* column, reader_.column(group.number, slot));
    for (std::uint32_t row = 0; row < group.rows; ++row)
      if (column->length(row) > 0) filled[row] = 1;
    if (!one_class(column->info(), {})) refine(classes, classes_of(*column, {}, true));
  }
  number(classes);
  // A line whose fields are all empty counts as a whole.
  if (std::find(filled.begin(), filled.end(), 0) != filled.end()) {
    classes.resize(group.rows, classes.front());
    for (std::uint32_t row = 0; row < group.rows; ++row)
      if (filled[row] == 0) classes[row] = 0;
  }
  kinds_[kind] = std::move(classes);
  return {};
}

}  // namespace sluice::storage
