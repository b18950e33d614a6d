#include "daemon/storage/stored_units.h"

#include <algorithm>

namespace sluice::storage {

using query::LogBatch;

namespace {

// What a query goes on without, and says so.
bool is_damage(const Error& error) {
  return error.code == ErrorCode::corrupt || error.code == ErrorCode::not_found ||
         error.code == ErrorCode::io;
}

// PartReadings of so many parts are kept at once.
constexpr std::size_t max_readings = 64;

}  // namespace

void ScanPlan::skip_damage(const Error& error) const {
  if (error.code == ErrorCode::not_found)
    return context.warn("some logs were dropped by retention while the query ran");
  from.database.report_corrupt(error);
  context.warn("some stored logs are damaged and missing from the result: " + error.message);
}

Result<void> StoredUnits::open(std::size_t unit) {
  next_piece_ = plan_.units[unit];
  end_piece_ = plan_.units[unit + 1];
  return open_piece(plan_.pieces[next_piece_++]);
}

Result<const LogBatch*> StoredUnits::next() {
  for (;;) {
    SLUICE_CHECK(context_.check());
    while (next_run_ < runs_.size()) {
      SLUICE_TRY(const bool some, fill(runs_[next_run_++]));
      if (some) return &batch_;
    }
    if (counts_ && counts_->next(batch_)) return number_stream();
    SLUICE_TRY(const bool filled, fill_from_group());
    if (filled) return number_stream();
    if (next_piece_ == end_piece_) {
      release();
      return static_cast<const LogBatch*>(nullptr);
    }
    SLUICE_CHECK(open_piece(plan_.pieces[next_piece_++]));
  }
}

void StoredUnits::narrow(TimeRange range) {
  range_ = {std::max(range_.start, range.start), std::min(range_.end, range.end)};
}

Result<void> StoredUnits::open_piece(const ScanPiece& piece) {
  release();
  SLUICE_CHECK(context_.check());
  if (!range_.overlaps(piece.first, piece.last)) {
    ++context_.stats().batches_skipped;
    if (!piece.head) ++context_.stats().groups_skipped_time;
    return {};
  }
  if (piece.head) {
    ++context_.stats().batches;
    ++context_.stats().head_batches;
    open_head(*piece.head);
    return {};
  }
  auto opened = open_group(*piece.scan, piece.group);
  if (opened || !is_damage(opened.error())) return opened;
  ++context_.stats().groups_damaged;
  plan_.skip_damage(opened.error());
  return {};
}

void StoredUnits::open_head(const HeadBatch& head) {
  for (const HeadRun& run : head.runs()) {
    if (!head_matcher_.wants(*run.labels)) continue;
    head_metadata_.emplace_back();
    for (const auto& labels : run.metadata)
      head_metadata_.back().push_back(labels.empty() ? nullptr : &labels);
    runs_.push_back({run.labels.get(), run.timestamps, run.lines, head_metadata_.back()});
  }
}

Result<void> StoredUnits::open_group(PartScan& scan, std::uint32_t number) {
  auto& stats = context_.stats();
  if (scan.unreadable) {
    ++stats.groups_damaged;
    return {};
  }
  const Part& part = *scan.part;
  const Snapshot* const snapshot = plan_.view.snapshot.get();
  SLUICE_TRY(auto header, plan_.from.parts.header(part, number, snapshot, &stats.bytes_read));
  if (HeaderCounts::serves(select_, *header) && !hidden_in(scan, number)) {
    ++stats.batches;
    ++stats.groups_from_header;
    counts_.emplace(*header, scan, number, select_, stats);
    return {};
  }
  auto known = reading_of(scan);
  if (!known && scan.unreadable.exchange(true)) {
    ++stats.groups_damaged;
    return {};
  }
  SLUICE_TRY(PartReading* const reading, std::move(known));
  SLUICE_TRY(auto reader,
             RowGroupReader::open(std::move(header), reading->templates,
                                  chunk_fetcher(plan_.from.database, part, number, snapshot),
                                  plan_.from.columns.items(part.id, number)));
  const std::uint64_t id = next_piece_;  // of the piece that follows: never 0
  SLUICE_TRY(auto group, GroupScan::open(std::move(reader), *reading, number, select_, id));
  const Skip skip = group->may_match();
  if (skip == Skip::no) {
    ++stats.batches;
    group_ = std::move(group);
    return select_rows();
  }
  ++stats.batches_skipped;
  ++(skip == Skip::by_template ? stats.groups_skipped_template
     : skip == Skip::by_filter ? stats.groups_skipped_filter
                               : stats.groups_skipped_header);
  return {};
}

Result<void> StoredUnits::select_rows() {
  auto selected = group_->select(range_, plan_.view.tombstones.get(), context_);
  SLUICE_CHECK(account());
  if (selected || !is_damage(selected.error())) return selected;
  // Some of it has been read: it counts as that.
  plan_.skip_damage(selected.error());
  release();
  return {};
}

// Whether a deletion may hide rows of the group that the query wants.
bool StoredUnits::hidden_in(const PartScan& scan, std::uint32_t number) const {
  const auto& tombstones = plan_.view.tombstones;
  if (!tombstones || tombstones->empty()) return false;
  const auto& runs = scan.directory->groups[number].runs;
  return std::any_of(runs.begin(), runs.end(), [&](const Run& run) {
    return scan.wanted[run.stream] &&
           tombstones->for_stream(scan.directory->streams[run.stream], run.first, run.last,
                                  scan.part->id) != nullptr;
  });
}

// The template list of a part, and what the filters make of it.
Result<PartReading*> StoredUnits::reading_of(PartScan& scan) {
  if (const auto known = readings_.find(&scan); known != readings_.end()) return &known->second;
  auto templates = plan_.from.parts.templates(*scan.part, plan_.view.snapshot.get(),
                                              &context_.stats().bytes_read);
  if (!templates) return std::move(templates).error();
  if (readings_.size() >= max_readings) readings_.clear();
  PartReading& made = readings_.try_emplace(&scan, PartReading{scan, {}, {}, {}}).first->second;
  made.templates = std::move(*templates);
  if (!select_.filters.empty()) made.search.emplace(select_.filters, *made.templates);
  if (select_.projection.parser != query::LogProjection::Parser::none)
    made.fields.emplace(*made.templates, select_.projection);
  return &made;
}

// False: the open row group has no more.
Result<bool> StoredUnits::fill_from_group() {
  if (!group_) return false;
  const auto filled = group_->next(range_, batch_);
  SLUICE_CHECK(account());
  if (!filled && !is_damage(filled.error())) return filled;
  if (!filled) plan_.skip_damage(filled.error());
  if (filled && *filled) return true;
  release();
  return false;
}

const LogBatch* StoredUnits::number_stream() {
  batch_.stream = numbers_.of(*batch_.labels);
  return &batch_;
}

// Adds to the statistics what the open row group has read since.
void StoredUnits::count_reads() {
  auto& stats = context_.stats();
  const RowGroupReads reads = group_->reader().reads();
  stats.chunks_read += reads.chunks - counted_.chunks;
  stats.bytes_read += reads.bytes - counted_.bytes;
  stats.lines_rebuilt += reads.lines - counted_.lines;
  stats.columns_decoded += reads.decoded - counted_.decoded;
  stats.columns_cached += reads.cached - counted_.cached;
  counted_ = reads;
}

// Charges what the open row group has come to hold.
Result<void> StoredUnits::account() {
  count_reads();
  const auto held = static_cast<std::int64_t>(group_->memory_bytes());
  const std::int64_t more = held - charged_;
  charged_ = held;
  return context_.charge(more);
}

// Makes batch_ of what of a run of the head is wanted; false if nothing is.
Result<bool> StoredUnits::fill(const RunView& run) {
  const auto begin = std::lower_bound(run.timestamps.begin(), run.timestamps.end(), range_.start);
  const auto end = std::lower_bound(begin, run.timestamps.end(), range_.end);
  if (begin == end) return false;
  const auto from = static_cast<std::size_t>(begin - run.timestamps.begin());
  const auto count = static_cast<std::size_t>(end - begin);
  RunView part{run.labels, run.timestamps.subspan(from, count), run.lines.subspan(from, count),
               run.metadata.empty() ? run.metadata : run.metadata.subspan(from, count)};
  count_looked_at(part);
  if (!select_.filters.empty()) {
    SLUICE_TRY(part, filtered(part));
  }
  if (part.lines.empty()) return false;
  batch_ = {};
  batch_.labels = part.labels;
  batch_.stream = numbers_.of(*part.labels);
  batch_.timestamps = part.timestamps;
  batch_.lines = part.lines;
  batch_.metadata = part.metadata;
  return true;
}

Result<StoredUnits::RunView> StoredUnits::filtered(const RunView& run) {
  timestamps_.clear();
  lines_.clear();
  metadata_.clear();
  const auto passes = [this](std::string_view line) {
    return std::all_of(select_.filters.begin(), select_.filters.end(),
                       [&](const auto& filter) { return filter.matches(line); });
  };
  for (std::size_t i = 0; i < run.lines.size(); ++i) {
    if (i % query::rows_between_checks == 0) SLUICE_CHECK(context_.check());
    if (!passes(run.lines[i])) continue;
    timestamps_.push_back(run.timestamps[i]);
    lines_.push_back(run.lines[i]);
    if (!run.metadata.empty()) metadata_.push_back(run.metadata[i]);
  }
  return RunView{run.labels, timestamps_, lines_, metadata_};
}

void StoredUnits::count_looked_at(const RunView& run) {
  std::uint64_t bytes = 0;
  for (const auto line : run.lines) bytes += line.size();
  context_.stats().bytes_processed += bytes;
  context_.stats().lines_processed += run.lines.size();
  context_.stats().head_bytes += bytes;
  context_.stats().head_lines += run.lines.size();
}

void StoredUnits::release() {
  if (charged_ != 0) static_cast<void>(context_.charge(-charged_));  // releasing cannot fail
  charged_ = 0;
  if (group_) {
    count_reads();  // lines that were asked for last
    const bool columns = counted_.decoded + counted_.cached > 0;
    ++(columns ? context_.stats().groups_read : context_.stats().groups_from_header);
  }
  counted_ = {};
  group_.reset();
  counts_.reset();
  runs_.clear();
  next_run_ = 0;
  head_metadata_.clear();
}

}  // namespace sluice::storage
