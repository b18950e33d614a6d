#include "daemon/storage/columns/row_group_merger.h"

#include <algorithm>

#include "base/types/assert.h"
#include "daemon/storage/columns/piece_bytes.h"

namespace sluice::storage {

namespace {

// The template as a line without values, and where they would be: what a table is asked with.
std::string empty_line(const LineTemplate& pattern, SplitLine& split) {
  std::string line;
  split.kind = pattern.kind;
  split.slots.clear();
  for (std::size_t i = 0; i < pattern.pieces.size(); ++i) {
    line += pattern.pieces[i];
    const auto at = static_cast<std::uint32_t>(line.size());
    if (i + 1 < pattern.pieces.size()) split.slots.push_back({at, at});
  }
  split.hash = hash_pieces(line, split);
  return line;
}

}  // namespace

RowGroupMerger::RowGroupMerger(TemplateTable& templates) : templates_(templates) {
  add_plain_template(templates_);
}

std::uint32_t RowGroupMerger::source_of(const MergeGroupPtr& group) {
  if (last_source_ < sources_.size() && sources_[last_source_] == group) return last_source_;
  const auto found = std::find(sources_.begin(), sources_.end(), group);
  last_source_ = static_cast<std::uint32_t>(found - sources_.begin());
  if (found == sources_.end()) sources_.push_back(group);
  return last_source_;
}

void RowGroupMerger::add(const MergeGroupPtr& group, std::uint32_t row) {
  metadata_.add(static_cast<std::uint32_t>(rows()), group->metadata(row));
  minutes_.add(group->timestamp(row), group->line_bytes(row));
  line_bytes_ += group->line_bytes(row);
  rows_.push_back({source_of(group), row});
  timestamps_.push_back(group->timestamp(row));
  sequences_.push_back(static_cast<std::int64_t>(group->sequence(row)));
}

bool RowGroupMerger::full() const {
  return rows() >= row_group_rows_max || line_bytes_ + metadata_.bytes() >= row_group_bytes_max;
}

// `none`: its lines are to be split again.
std::uint32_t RowGroupMerger::number_of(const MergeGroup& group, std::size_t kind) {
  if (group.plain(kind)) return TemplateTable::none;
  SplitLine split;
  const std::string line = empty_line(group.pattern(kind), split);
  return templates_.find_or_add(line, split);
}

std::vector<std::vector<RowGroupMerger::Place>> RowGroupMerger::places_of(Buckets& buckets) {
  std::vector<std::vector<Place>> places;
  for (const auto& source : sources_) {
    auto& of_source = places.emplace_back(source->kinds());
    for (std::size_t kind = 0; kind < of_source.size(); ++kind) {
      const std::uint32_t number = number_of(*source, kind);
      if (number != TemplateTable::none) of_source[kind].bucket = &buckets[number];
    }
  }
  return places;
}

// Returns the rows whose lines were added to lines_.
std::vector<std::uint32_t> RowGroupMerger::put_in_buckets(Buckets& buckets) {
  auto places = places_of(buckets);
  std::vector<std::uint32_t> others;
  for (std::uint32_t i = 0; i < rows_.size(); ++i) {
    const auto [source, row] = rows_[i];
    const MergeGroup& group = *sources_[source];
    const std::uint32_t kind = group.kind(row);
    Place& place = places[source][kind];
    if (place.bucket == nullptr) {
      scratch_.clear();
      group.append_line(row, scratch_);
      lines_.add(scratch_);
      others.push_back(i);
      continue;
    }
    if (place.source == Place::unused) {
      place.source = static_cast<std::uint32_t>(place.bucket->sources.size());
      place.bucket->sources.push_back({&group, kind});
    }
    place.bucket->cells.push_back({i, {place.source, group.ordinal(row)}});
  }
  std::erase_if(buckets, [](const auto& item) { return item.second.cells.empty(); });
  return others;
}

void RowGroupMerger::add_new_lines(const std::vector<LineGroups::Group>& groups,
                                   const std::vector<std::uint32_t>& rows, Buckets& buckets) {
  for (const auto& group : groups) {
    Bucket& bucket = buckets[group.number];
    bucket.lines = &group;
    const auto source = static_cast<std::uint32_t>(bucket.sources.size());
    for (std::uint32_t i = 0; i < group.rows.size(); ++i)
      bucket.cells.push_back({rows[group.rows[i]], {source, i}});
    std::sort(bucket.cells.begin(), bucket.cells.end(),
              [](const Cell& a, const Cell& b) { return a.row < b.row; });
  }
}

std::vector<std::int64_t> RowGroupMerger::template_of_rows(const Buckets& buckets) const {
  std::vector<std::int64_t> kinds(rows());
  std::int64_t next = 0;
  for (const auto& [number, bucket] : buckets) {
    for (const Cell& cell : bucket.cells) kinds[cell.row] = next;
    ++next;
  }
  return kinds;
}

void RowGroupMerger::encode(std::uint32_t number, const Bucket& bucket, GroupEncoder& encoder) {
  const LineTemplate& pattern = templates_.at(number);
  const auto slots = static_cast<std::uint32_t>(pattern.slots());
  std::vector<std::uint32_t> rows;
  origins_.clear();
  for (const Cell& cell : bucket.cells) {
    rows.push_back(cell.row);
    origins_.push_back(cell.origin);
  }
  encoder.begin_template(number, slots, pattern.kind, rows);
  std::vector<JoinSource> sources;
  std::vector<std::string_view> texts;
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    sources.clear();
    for (const auto& source : bucket.sources)
      sources.push_back({&source.group->column(source.kind, slot), {}});
    if (bucket.lines != nullptr) {
      texts.clear();
      for (std::size_t i = 0; i < bucket.lines->rows.size(); ++i)
        texts.push_back(lines_.value(bucket.lines->ranges[i * slots + slot]));
      sources.push_back({nullptr, texts});
    }
    encoder.add_slot(sources, origins_);
  }
}

EncodedGroup RowGroupMerger::finish(int zstd_level) {
  SLUICE_ASSERT(rows() > 0);
  Buckets buckets;
  const auto others = put_in_buckets(buckets);
  const auto new_groups = lines_.finish(templates_);
  add_new_lines(new_groups, others, buckets);
  GroupEncoder encoder(timestamps_, zstd_level);
  encoder.begin(template_of_rows(buckets), sequences_, metadata_.shapes());
  for (const auto& [number, bucket] : buckets) encode(number, bucket, encoder);
  encoder.add_metadata(metadata_.shapes());
  EncodedGroup encoded = encoder.finish(line_bytes_, minutes_.finish());
  clear();
  return encoded;
}

void RowGroupMerger::clear() {
  lines_.clear();
  metadata_ = {};
  minutes_ = {};
  sources_.clear();
  rows_.clear();
  timestamps_.clear();
  sequences_.clear();
  line_bytes_ = 0;
}

}  // namespace sluice::storage
