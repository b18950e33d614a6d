#include "daemon/storage/group_scan.h"

#include <algorithm>

#include "daemon/storage/header_counts.h"

namespace sluice::storage {

namespace {

// A reader with a limit is often served by the first batch; one that wants all gets large ones.
constexpr std::size_t first_batch_rows = 256;
constexpr std::size_t batch_rows_max = row_group_rows_max;

}  // namespace

Result<std::unique_ptr<GroupScan>> GroupScan::open(std::unique_ptr<RowGroupReader> reader,
                                                   PartReading& part, std::uint32_t group,
                                                   const query::LogSelect& select,
                                                   std::uint64_t unit) {
  if (reader->rows() != part.scan.directory->groups[group].rows)
    return Error{ErrorCode::corrupt, "row group and directory count rows differently"};
  return std::unique_ptr<GroupScan>(new GroupScan(std::move(reader), part, group, select, unit));
}

GroupScan::GroupScan(std::unique_ptr<RowGroupReader> reader, PartReading& part, std::uint32_t group,
                     const query::LogSelect& select, std::uint64_t unit)
    : reader_(std::move(reader)),
      part_(part),
      scan_(part.scan),
      info_(part.scan.directory->groups[group]),
      direction_(select.direction),
      projection_(select.projection),
      with_metadata_(looks_at_metadata(projection_, reader_->header())),
      batch_rows_(projection_.to_the_end ? batch_rows_max : first_batch_rows),
      loader_(*reader_),
      unit_(unit) {
  if (projection_.shapes) shape_reader_.emplace(*reader_, *projection_.shapes);
  if (!part.fields) return;
  field_filter_.emplace(*reader_, *part.fields, scan_, info_);
  fields_.emplace(*reader_, *part.fields, unit);
}

bool GroupScan::may_match(Evidence evidence) const {
  if (part_.search && !part_.search->may_match(*reader_, evidence)) return false;
  return !field_filter_ || field_filter_->may_match(evidence);
}

Skip GroupScan::may_match() const {
  if (may_match(Evidence::header)) return Skip::no;
  if (!may_match(Evidence::templates)) return Skip::by_template;
  return may_match(Evidence::filter) ? Skip::by_header : Skip::by_filter;
}

Result<std::string_view> GroupScan::Loader::line(std::size_t row) {
  SLUICE_CHECK(reader_.line(rows[row], line_));
  return std::string_view(line_);
}

Result<void> GroupScan::select(TimeRange range, const Tombstones* tombstones,
                               query::QueryContext& context) {
  auto& stats = context.stats();
  if (counts_rows() && projection_.coalesce.count() % ns_per_minute == 0 && whole_minutes(range))
    minutes_ = MinuteRows::of(reader_->header().minutes, info_);
  SLUICE_TRY(const auto ranges, wanted_ranges(range, tombstones));
  RowSet wanted = RowSet::none(reader_->rows());
  for (const RowRange& rows : ranges) wanted.insert(rows.begin, rows.end);
  const std::uint64_t candidates = wanted.count();
  stats.lines_processed += candidates;
  stats.bytes_processed += info_.line_bytes * candidates / info_.rows;
  if (candidates > 0) SLUICE_CHECK(apply_filters(wanted, context));
  for (const RowRange& rows : ranges)
    if (rows.hidden) SLUICE_CHECK(take_out_hidden(rows, wanted, context));
  if (counts_rows()) return count_rows(range, ranges, wanted);
  for (const RowRange& rows : ranges) {
    const std::size_t begin = rows_.size();
    wanted.for_each(rows.begin, rows.end,
                    [&](std::size_t row) { rows_.push_back(static_cast<std::uint32_t>(row)); });
    if (rows_.size() > begin) pieces_.push_back({rows.labels, begin, rows_.size()});
  }
  if (rows_.empty()) return {};
  if (fields_ && projection_.to_the_end) fields_->expect(rows_.size());
  SLUICE_CHECK(load_times(range));
  std::make_heap(pieces_.begin(), pieces_.end(),
                 [this](const Piece& a, const Piece& b) { return less_urgent(a, b); });
  return {};
}

Result<void> GroupScan::apply_filters(RowSet& wanted, query::QueryContext& context) {
  SearchCounts counts;
  counts.context = &context;
  if (part_.search) {
    SLUICE_TRY(wanted, part_.search->run(*reader_, wanted, counts));
  }
  if (field_filter_ && field_filter_->has_conditions() && !wanted.empty())
    SLUICE_CHECK(field_filter_->narrow(wanted, counts));
  context.stats().columns_scanned += counts.columns_scanned;
  return {};
}

bool GroupScan::counts_rows() const {
  return projection_.coalesce > Duration{0} && !with_metadata_ && !projection_.sizes &&
         projection_.lines == query::LogProjection::Lines::none;
}

Result<void> GroupScan::load_times(TimeRange range) {
  if (!timestamps_.empty()) return {};
  if (projection_.same_until)
    rough_times_ = rough_times(reader_->header(), scan_, info_, range, projection_.same_until);
  if (rough_times_) {
    timestamps_ = *rough_times_;
  } else {
    SLUICE_TRY(timestamps_, reader_->timestamps());
  }
  return {};
}

Result<void> GroupScan::count_rows(TimeRange range, const std::vector<RowRange>& ranges,
                                   const RowSet& wanted) {
  row_counts_.emplace(projection_.coalesce);
  if (wanted.empty()) return {};
  if (!minutes_) SLUICE_CHECK(load_times(range));
  for (const RowRange& rows : ranges) {
    if (minutes_)
      row_counts_->add(rows.labels, wanted, rows.begin, rows.end, minutes_->of_run(rows.run));
    else
      row_counts_->add(rows.labels, wanted, rows.begin, rows.end, timestamps_);
  }
  return {};
}

// Lines are rebuilt only where a deletion looks at them.
Result<void> GroupScan::take_out_hidden(const RowRange& rows, RowSet& wanted,
                                        const query::QueryContext& context) {
  SLUICE_TRY(const auto timestamps, reader_->timestamps());
  const bool by_line = std::any_of(rows.hidden->begin(), rows.hidden->end(),
                                   [](const Tombstone& t) { return !t.filters.empty(); });
  std::vector<std::size_t> candidates;
  wanted.for_each(rows.begin, rows.end, [&](std::size_t row) { candidates.push_back(row); });
  std::string line;
  std::size_t looked_at = 0;
  for (const std::size_t row : candidates) {
    if (looked_at++ % query::rows_between_checks == 0) SLUICE_CHECK(context.check());
    if (by_line) SLUICE_CHECK(reader_->line(static_cast<std::uint32_t>(row), line));
    if (hides(*rows.hidden, timestamps[row], line)) wanted.erase(row);
  }
  return {};
}

Result<std::vector<GroupScan::RowRange>> GroupScan::wanted_ranges(TimeRange range,
                                                                  const Tombstones* tombstones) {
  std::vector<RowRange> ranges;
  std::size_t at = 0;
  for (std::size_t i = 0; i < info_.runs.size(); ++i) {
    const Run& run = info_.runs[i];
    if (scan_.wanted[run.stream] && range.overlaps(run.first, run.last)) {
      const LabelSet& labels = scan_.directory->streams[run.stream];
      RowRange rows{&labels, i, at, at + run.rows, nullptr};
      if (tombstones)
        rows.hidden = tombstones->for_stream(labels, run.first, run.last, scan_.part->id);
      SLUICE_CHECK(trim(rows, run, range));
      if (rows.begin < rows.end) ranges.push_back(rows);
    }
    at += run.rows;
  }
  return ranges;
}

Result<void> GroupScan::trim(RowRange& rows, const Run& run, TimeRange range) {
  if (range.contains(run.first) && range.contains(run.last)) return {};
  if (minutes_) {
    trim_by_minutes(rows, range);
    return {};
  }
  SLUICE_CHECK(load_times(range));
  const auto at = [&](std::size_t row) {
    return timestamps_.begin() + static_cast<std::ptrdiff_t>(row);
  };
  const auto begin = std::lower_bound(at(rows.begin), at(rows.end), range.start);
  const auto end = std::lower_bound(begin, at(rows.end), range.end);
  rows.begin = static_cast<std::size_t>(begin - timestamps_.begin());
  rows.end = static_cast<std::size_t>(end - timestamps_.begin());
  return {};
}

// The range begins and ends between minutes.
void GroupScan::trim_by_minutes(RowRange& rows, TimeRange range) const {
  const auto minutes = minutes_->of_run(rows.run);
  const auto in_range = [&](const MinuteRows::Minute& minute) {
    return range.contains(interval_end(minute.minute, 1));
  };
  const auto first = std::find_if(minutes.begin(), minutes.end(), in_range);
  const auto last = std::find_if_not(first, minutes.end(), in_range);
  rows.begin = first == minutes.end() ? rows.end : first->begin;
  rows.end = first == last ? rows.begin : std::prev(last)->end;
}

Timestamp GroupScan::next_time(const Piece& piece) const {
  return time_at(direction_ == query::Direction::backward ? piece.end - 1 : piece.begin);
}

// Of equal times the run that comes first, whatever else there is.
bool GroupScan::less_urgent(const Piece& a, const Piece& b) const {
  const Timestamp of_a = next_time(a);
  const Timestamp of_b = next_time(b);
  if (of_a == of_b) return a.begin > b.begin;
  return direction_ == query::Direction::backward ? of_a < of_b : of_a > of_b;
}

void GroupScan::narrow(Piece& piece, TimeRange range) const {
  const auto first_from = [&](Timestamp t) {
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(piece.begin);
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(piece.end);
    const auto found = std::lower_bound(begin, end, t, [&](std::uint32_t row, Timestamp limit) {
      return timestamps_[row] < limit;
    });
    return static_cast<std::size_t>(found - rows_.begin());
  };
  if (time_at(piece.end - 1) >= range.end) piece.end = first_from(range.end);
  if (piece.begin < piece.end && time_at(piece.begin) < range.start)
    piece.begin = first_from(range.start);
}

std::span<const std::uint32_t> GroupScan::take(Piece& piece) {
  const std::size_t count = std::min(batch_rows_, piece.end - piece.begin);
  batch_rows_ = std::min(batch_rows_ * 4, batch_rows_max);
  const std::span<const std::uint32_t> rows(rows_);
  if (direction_ == query::Direction::backward) {
    piece.end -= count;
    return rows.subspan(piece.end, count);
  }
  piece.begin += count;
  return rows.subspan(piece.begin - count, count);
}

Result<bool> GroupScan::next(TimeRange range, query::LogBatch& batch) {
  const auto order = [this](const Piece& a, const Piece& b) { return less_urgent(a, b); };
  if (row_counts_) return row_counts_->next(batch);
  while (!pieces_.empty()) {
    std::pop_heap(pieces_.begin(), pieces_.end(), order);
    Piece piece = pieces_.back();
    pieces_.pop_back();
    narrow(piece, range);
    if (piece.begin == piece.end) continue;
    const auto rows = take(piece);
    if (piece.begin < piece.end) {
      pieces_.push_back(piece);
      std::push_heap(pieces_.begin(), pieces_.end(), order);
    }
    batch = {};
    batch.labels = piece.labels;
    SLUICE_CHECK(fill(rows, batch));
    return true;
  }
  return false;
}

Result<void> GroupScan::fill(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  batch_timestamps_.clear();
  if (projection_.coalesce > Duration{0} && !with_metadata_ &&
      projection_.lines == query::LogProjection::Lines::none)
    return fill_sums(rows, batch);
  if (rows.back() - rows.front() + 1 == rows.size()) {
    batch.timestamps = timestamps_.subspan(rows.front(), rows.size());
  } else {
    for (const std::uint32_t row : rows) batch_timestamps_.push_back(timestamps_[row]);
    batch.timestamps = batch_timestamps_;
  }
  SLUICE_CHECK(fill_lines(rows, batch));
  if (projection_.sizes) SLUICE_CHECK(fill_sizes(rows, batch));
  if (!with_metadata_) return {};
  SLUICE_CHECK(reader_->metadata(rows, metadata_));
  batch.metadata = metadata_;
  return {};
}

// One item for the neighbours within an interval, which are open on the left.
Result<void> GroupScan::fill_sums(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  counts_.clear();
  sizes_.clear();
  Timestamp end = Timestamp::min();  // of the open interval
  for (const std::uint32_t row : rows) {
    if (counts_.empty() || timestamps_[row] > end) {
      end = interval_end_of(timestamps_[row], projection_.coalesce);
      batch_timestamps_.push_back(timestamps_[row]);
      counts_.push_back(0);
      sizes_.push_back(0);
    }
    ++counts_.back();
    SLUICE_TRY(const std::uint32_t length, reader_->line_length(row));
    sizes_.back() += length;
  }
  batch.timestamps = batch_timestamps_;
  batch.counts = counts_;
  batch.sizes = sizes_;
  return {};
}

Result<void> GroupScan::fill_lines(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  using Lines = query::LogProjection::Lines;
  if (fields_) SLUICE_CHECK(fields_->fill(rows, batch));
  const bool lines_parsed = fields_ && !batch.parsed;  // by the reader, all of them
  if (projection_.lines == Lines::none && !lines_parsed) return {};
  if (projection_.lines == Lines::on_demand && !lines_parsed) {
    loader_.rows = rows;
    batch.loader = &loader_;
    return fill_shapes(rows, batch);
  }
  SLUICE_CHECK(reader_->lines(rows, arena_, lines_));
  batch.lines = lines_;
  return {};
}

Result<void> GroupScan::fill_shapes(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  if (!shape_reader_) return {};
  SLUICE_CHECK(shape_reader_->fill(rows, shapes_));
  batch.shapes = shapes_;
  batch.shape_scope = unit_;
  return {};
}

Result<void> GroupScan::fill_sizes(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  sizes_.clear();
  for (const std::uint32_t row : rows) {
    SLUICE_TRY(const std::uint32_t length, reader_->line_length(row));
    sizes_.push_back(length);
  }
  batch.sizes = sizes_;
  return {};
}

std::size_t GroupScan::memory_bytes() const {
  return reader_->memory_bytes() + rows_.size() * 4 + pieces_.size() * sizeof(Piece) +
         arena_.size() + lines_.size() * 40 + (rough_times_ ? rough_times_->capacity() * 8 : 0) +
         (fields_ ? fields_->memory_bytes() : 0) +
         (shape_reader_ ? shape_reader_->memory_bytes() : 0);
}

}  // namespace sluice::storage
