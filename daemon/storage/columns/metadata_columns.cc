#include "daemon/storage/columns/metadata_columns.h"

#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

void MetadataColumns::add(std::uint32_t row, const LabelSet* metadata) {
  if (!metadata || metadata->empty()) return;
  scratch_.clear();
  for (const auto& label : *metadata) put_string(scratch_, label.name);
  const auto [it, added] =
      numbers_.try_emplace(scratch_, static_cast<std::uint32_t>(shapes_.size()));
  if (added) {
    shapes_.emplace_back();
    for (const auto& label : *metadata) shapes_.back().names.push_back(label.name);
    bytes_ += scratch_.size();
  }
  Shape& shape = shapes_[it->second];
  shape.rows.push_back(row);
  for (const auto& label : *metadata) {
    shape.values += label.value;
    bytes_ += label.value.size();
    shape.ends.push_back(static_cast<std::uint32_t>(shape.values.size()));
  }
}

const LabelSet* MetadataSets::get(std::size_t shape_number, const MetadataShape& shape,
                                  std::span<const SlotColumn* const> columns,
                                  std::uint32_t ordinal) {
  const bool shared = key_of(shape_number, columns, ordinal);
  if (shared) {
    const auto found = by_codes_.find(key_);
    if (found != by_codes_.end()) return found->second;
  }
  std::vector<Label> labels;
  labels.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    labels.push_back({shape.names[i], {}});
    columns[i]->append(ordinal, labels.back().value);
    bytes_ += sizeof(Label) + labels.back().value.size();
  }
  sets_.push_back(LabelSet::from(std::move(labels)));
  bytes_ += sizeof(LabelSet);
  if (shared) {
    by_codes_.emplace(key_, &sets_.back());
    bytes_ += 64 + key_.size();
  }
  return &sets_.back();
}

// Sets whose values all come from dictionaries are likely to come again; a trace's id is not.
bool MetadataSets::key_of(std::size_t shape_number, std::span<const SlotColumn* const> columns,
                          std::uint32_t ordinal) {
  key_.clear();
  put_varint(key_, shape_number);
  for (const SlotColumn* column : columns) {
    if (column->shape() != ColumnShape::dictionary) return false;
    put_varint(key_, column->code(ordinal));
  }
  return true;
}

}  // namespace sluice::storage
