#include "daemon/storage/columns/row_group_writer.h"

#include <algorithm>

namespace sluice::storage {

namespace {

std::vector<std::int64_t> template_of_rows(const std::vector<LineGroups::Group>& groups,
                                           std::size_t rows) {
  std::vector<std::int64_t> kinds(rows);
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const std::uint32_t row : groups[g].rows) kinds[row] = static_cast<std::int64_t>(g);
  return kinds;
}

}  // namespace

RowGroupWriter::RowGroupWriter(TemplateTable& templates, std::size_t max_bytes)
    : templates_(templates), max_bytes_(std::min(max_bytes, row_group_bytes_max)) {
  add_plain_template(templates_);
}

void RowGroupWriter::add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
                         const LabelSet* metadata) {
  metadata_.add(static_cast<std::uint32_t>(rows()), metadata);
  minutes_.add(timestamp, line.size());
  timestamps_.push_back(timestamp);
  sequences_.push_back(static_cast<std::int64_t>(sequence));
  lines_.add(line);
}

bool RowGroupWriter::full() const {
  return rows() >= row_group_rows_max || lines_.bytes() + metadata_.bytes() >= max_bytes_;
}

void RowGroupWriter::add_template(const LineGroups::Group& group, GroupEncoder& encoder) {
  encoder.begin_template(group.number, group.slots, templates_.at(group.number).kind, group.rows);
  values_.resize(group.rows.size());
  for (std::size_t slot = 0; slot < group.slots; ++slot) {
    for (std::size_t i = 0; i < group.rows.size(); ++i)
      values_[i] = lines_.value(group.ranges[i * group.slots + slot]);
    encoder.add_slot(values_);
  }
}

EncodedGroup RowGroupWriter::finish(int zstd_level) {
  const auto groups = lines_.finish(templates_);
  GroupEncoder encoder(timestamps_, zstd_level);
  encoder.begin(template_of_rows(groups, rows()), sequences_, metadata_.shapes());
  for (const auto& group : groups) add_template(group, encoder);
  encoder.add_metadata(metadata_.shapes());
  EncodedGroup encoded = encoder.finish(lines_.bytes(), minutes_.finish());
  clear();
  return encoded;
}

void RowGroupWriter::clear() {
  lines_.clear();
  metadata_ = {};
  minutes_ = {};
  timestamps_.clear();
  sequences_.clear();
}

}  // namespace sluice::storage
