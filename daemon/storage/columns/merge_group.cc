#include "daemon/storage/columns/merge_group.h"

#include <numeric>

#include "daemon/storage/columns/line_groups.h"

namespace sluice::storage {

Result<std::shared_ptr<MergeGroup>> MergeGroup::load(std::unique_ptr<RowGroupReader> reader) {
  std::shared_ptr<MergeGroup> group(new MergeGroup());
  group->reader_ = std::move(reader);
  SLUICE_CHECK(group->load_columns());
  group->reader_->forget_chunks();
  return group;
}

Result<void> MergeGroup::load_columns() {
  SLUICE_TRY(timestamps_, reader_->timestamps());
  SLUICE_TRY(sequences_, reader_->sequences());
  SLUICE_TRY(partition_, reader_->by_template());
  const RowGroupHeader& header = reader_->header();
  columns_.resize(header.columns.size());
  line_bytes_.resize(rows());
  ordinals_.resize(rows());
  for (std::size_t kind = 0; kind < header.templates.size(); ++kind) {
    const GroupTemplate& used = header.templates[kind];
    for (std::uint32_t slot = 0; slot < used.slots; ++slot) {
      SLUICE_TRY(columns_[used.first_column + slot], reader_->column(used.number, slot));
    }
    add_lengths(kind);
  }
  if (!reader_->has_metadata()) return {};
  std::vector<std::uint32_t> all(rows());
  std::iota(all.begin(), all.end(), 0U);
  return reader_->metadata(all, metadata_);
}

void MergeGroup::add_lengths(std::size_t kind) {
  const auto rows = partition_->rows(kind);
  const LineTemplate& used = pattern(kind);
  const auto fixed = static_cast<std::uint32_t>(used.static_bytes());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    line_bytes_[rows[i]] = fixed;
    ordinals_[rows[i]] = static_cast<RowNumber>(i);
  }
  for (std::size_t slot = 0; slot < used.slots(); ++slot)
    column(kind, slot).add_lengths(rows, line_bytes_);
}

const LineTemplate& MergeGroup::pattern(std::size_t kind) const {
  return reader_->template_list()[reader_->header().templates[kind].number];
}

bool MergeGroup::plain(std::size_t kind) const {
  return reader_->header().templates[kind].number == plain_template;
}

void MergeGroup::append_line(std::size_t row, std::string& out) const {
  const std::size_t k = kind(row);
  const auto& pieces = pattern(k).pieces;
  out += pieces[0];
  for (std::size_t slot = 0; slot + 1 < pieces.size(); ++slot) {
    column(k, slot).append(ordinal(row), out);
    out += pieces[slot + 1];
  }
}

}  // namespace sluice::storage
