#include "daemon/storage/columns/template.h"

#include "base/types/assert.h"
#include "daemon/storage/columns/piece_bytes.h"
#include "daemon/storage/columns/template_fields.h"

namespace sluice::storage {

std::size_t LineTemplate::static_bytes() const {
  std::size_t total = 0;
  for (const auto& piece : pieces) total += piece.size();
  return total;
}

bool LineTemplate::fits(std::string_view line, const SplitLine& split) const {
  if (kind != split.kind || slots() != split.slots.size()) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < split.slots.size(); ++i) {
    if (line.substr(at, split.slots[i].begin - at) != pieces[i]) return false;
    at = split.slots[i].end;
  }
  return line.substr(at) == pieces.back();
}

LineTemplate LineTemplate::from(std::string_view line, const SplitLine& split) {
  LineTemplate out;
  out.kind = split.kind;
  out.pieces.reserve(split.slots.size() + 1);
  std::size_t at = 0;
  for (const auto& slot : split.slots) {
    out.pieces.emplace_back(line.substr(at, slot.begin - at));
    at = slot.end;
  }
  out.pieces.emplace_back(line.substr(at));
  auto fields = fields_of(out.kind, out.pieces);
  SLUICE_ASSERT(fields.has_value());
  out.fields = std::move(*fields);
  return out;
}

bool TemplateTable::same(const Flat& flat, std::string_view line, const SplitLine& split) const {
  if (flat.kind != split.kind || flat.slots != split.slots.size()) return false;
  const std::uint32_t* length = lengths_.data() + flat.lengths;
  const char* text = text_.data() + flat.text;
  std::size_t at = 0;
  for (const auto& slot : split.slots) {
    if (slot.begin - at != *length || !same_bytes(line.data() + at, text, *length)) return false;
    text += *length++;
    at = slot.end;
  }
  return line.size() - at == *length && same_bytes(line.data() + at, text, *length);
}

// The entry with the line's template, or the free one where it would go.
std::size_t TemplateTable::place_of(std::string_view line, const SplitLine& split) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t place = split.hash & mask;
  while (entries_[place].number != none &&
         (entries_[place].hash != split.hash || !same(flat_[entries_[place].number], line, split)))
    place = (place + 1) & mask;
  return place;
}

std::uint32_t TemplateTable::find(std::string_view line, const SplitLine& split) const {
  return entries_[place_of(line, split)].number;
}

std::uint32_t TemplateTable::find_or_add(std::string_view line, const SplitLine& split) {
  const std::size_t place = place_of(line, split);
  if (entries_[place].number != none) return entries_[place].number;
  std::size_t bytes = line.size() + 8 * (split.slots.size() + 1);
  for (const auto& slot : split.slots) bytes -= slot.end - slot.begin;
  if (templates_.size() == max_templates || bytes > max_bytes - bytes_) return none;
  bytes_ += bytes;
  const auto number = static_cast<std::uint32_t>(templates_.size());
  templates_.push_back(LineTemplate::from(line, split));
  add_flat(templates_.back());
  entries_[place] = {split.hash, number};
  if (templates_.size() * 2 > entries_.size()) grow();
  return number;
}

void TemplateTable::add_flat(const LineTemplate& added) {
  flat_.push_back({added.kind, static_cast<std::uint32_t>(lengths_.size()),
                   static_cast<std::uint32_t>(added.slots()),
                   static_cast<std::uint32_t>(text_.size())});
  for (const auto& piece : added.pieces) {
    lengths_.push_back(static_cast<std::uint32_t>(piece.size()));
    text_ += piece;
  }
}

void TemplateTable::grow() {
  std::vector<Entry> larger(entries_.size() * 4);
  const std::size_t mask = larger.size() - 1;
  for (const Entry& entry : entries_) {
    if (entry.number == none) continue;
    std::size_t place = entry.hash & mask;
    while (larger[place].number != none) place = (place + 1) & mask;
    larger[place] = entry;
  }
  entries_ = std::move(larger);
}

}  // namespace sluice::storage
