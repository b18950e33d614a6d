#include "query/engine/batch_labels.h"

#include <algorithm>

namespace sluice::query {

namespace {

// Calls visit(row, value) for rows whose metadata has the label. Neighbours often share a set.
template <class Visit>
void each_metadata_value(std::span<const LabelSet* const> metadata, std::string_view name,
                         Visit visit) {
  const LabelSet* known = nullptr;
  std::string_view value;
  for (std::size_t row = 0; row < metadata.size(); ++row) {
    if (metadata[row] == nullptr) continue;
    if (metadata[row] != known) {
      known = metadata[row];
      value = known->get(name);
    }
    if (!value.empty()) visit(row, value);
  }
}

}  // namespace

void BatchLabels::bind(const LogBatch& batch) {
  batch_ = &batch;
  overlays_.clear();
  by_line_.assign(batch.unparsed.begin(), batch.unparsed.end());
}

LabelColumn BatchLabels::field(std::string_view name) const {
  const auto& fields = projection_.fields;
  const auto it = std::find_if(fields.begin(), fields.end(),
                               [&](const LogProjection::Field& f) { return f.name == name; });
  if (it == fields.end()) return {};
  const FieldColumn& found = batch_->fields[static_cast<std::size_t>(it - fields.begin())];
  return {std::nullopt,  found.codes,   found.values,    found.hashes,
          found.numbers, found.present, found.dictionary};
}

bool BatchLabels::metadata_has(std::string_view name) const {
  bool found = false;
  each_metadata_value(batch_->metadata, name, [&](std::size_t, std::string_view) { found = true; });
  return found;
}

LabelColumn BatchLabels::overlaid(std::string_view name, const LabelColumn& below) {
  if (!below.numbers.empty()) {
    by_line_.resize(rows());
    each_metadata_value(batch_->metadata, name,
                        [&](std::size_t row, std::string_view) { by_line_[row] = 1; });
    return below;
  }
  Overlay& made = overlays_.emplace_back();
  made.values.assign(below.values.begin(), below.values.end());
  made.codes.assign(below.codes.begin(), below.codes.end());
  made.codes.resize(rows(), FieldColumn::absent);
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  each_metadata_value(batch_->metadata, name, [&](std::size_t row, std::string_view value) {
    const auto [it, added] = numbers.emplace(value, static_cast<std::uint32_t>(made.values.size()));
    if (added) made.values.push_back(value);
    made.codes[row] = it->second;
  });
  return {std::nullopt, made.codes, made.values, {}, {}, {}, 0};
}

LabelColumn BatchLabels::column(std::string_view name, bool parsed) {
  if (const auto value = batch_->labels->get(name); !value.empty())
    return {value, {}, {}, {}, {}, {}, 0};
  const LabelColumn below = parsed ? field(name) : LabelColumn{};
  return metadata_has(name) ? overlaid(name, below) : below;
}

}  // namespace sluice::query
