#include "daemon/storage/log_cursor.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "daemon/storage/group_scan.h"
#include "daemon/storage/header_counts.h"
#include "daemon/storage/log_plan.h"
#include "daemon/storage/stream_numbers.h"

namespace sluice::storage {

namespace {

using query::LogBatch;
using query::LogSelect;
using query::QueryContext;

TimeRange intersect(TimeRange a, TimeRange b) {
  return {std::max(a.start, b.start), std::min(a.end, b.end)};
}

// A run of entries of one stream in the head, ascending by time.
struct RunView {
  const LabelSet* labels = nullptr;
  std::span<const Timestamp> timestamps;
  std::span<const std::string_view> lines;
  std::span<const LabelSet* const> metadata;
};

class StoredLogCursor : public query::LogCursor {
 public:
  StoredLogCursor(const LogReading& from, LogView view, const LogSelect& select,
                  QueryContext& context)
      : database_(from.database),
        cache_(from.parts),
        columns_(from.columns),
        view_(std::move(view)),
        select_(select),
        context_(context),
        range_(select.range),
        head_matcher_(select_.matchers) {
    std::size_t damaged = 0;
    scans_ = plan_parts(cache_, view_, select_.matchers, range_, [&](const Error& error) {
      skip_damage(error);
      ++damaged;
    });
    context_.stats().parts += view_.parts->size();
    context_.stats().parts_skipped_time += view_.parts->size() - scans_.size() - damaged;
    units_ = plan_units(scans_, view_, head_matcher_, range_, select_.direction, context_.stats());
  }
  ~StoredLogCursor() override { release(); }

  Result<const LogBatch*> next() override {
    for (;;) {
      SLUICE_CHECK(context_.check());
      while (next_run_ < runs_.size())
        if (fill(runs_[next_run_++])) return &batch_;
      if (counts_ && counts_->next(batch_)) return number_stream();
      SLUICE_TRY(const bool filled, fill_from_group());
      if (filled) return number_stream();
      if (next_unit_ == units_.size()) return nullptr;
      SLUICE_CHECK(open(units_[next_unit_++]));
    }
  }

  void narrow(TimeRange range) override { range_ = intersect(range_, range); }

 private:
  Result<void> open(const ScanUnit& unit) {
    runs_.clear();
    next_run_ = 0;
    release();
    if (!range_.overlaps(unit.first, unit.last)) {
      ++context_.stats().batches_skipped;
      if (!unit.head) ++context_.stats().groups_skipped_time;
      return {};
    }
    if (unit.head) {
      ++context_.stats().batches;
      ++context_.stats().head_batches;
      open_head(*unit.head);
      return {};
    }
    auto opened = open_group(*unit.scan, unit.group);
    if (!opened && !is_damage(opened.error())) return opened;
    if (!opened) skip_damage(opened.error());
    return {};
  }

  void open_head(const HeadBatch& head) {
    for (const HeadRun& run : head.runs()) {
      if (!head_matcher_.wants(*run.labels)) continue;
      head_metadata_.emplace_back();
      for (const auto& labels : run.metadata)
        head_metadata_.back().push_back(labels.empty() ? nullptr : &labels);
      runs_.push_back({run.labels.get(), run.timestamps, run.lines, head_metadata_.back()});
    }
  }

  Result<void> open_group(PartScan& scan, std::uint32_t number) {
    if (scan.unreadable) return {};
    const Part& part = *scan.part;
    SLUICE_TRY(auto header, cache_.header(part, number, view_.snapshot.get()));
    if (HeaderCounts::serves(select_, *header) && !hidden_in(scan, number)) {
      ++context_.stats().batches;
      ++context_.stats().groups_from_header;
      counts_.emplace(*header, scan, number, select_, context_.stats());
      return {};
    }
    SLUICE_CHECK(open_part(scan));
    SLUICE_TRY(auto reader,
               RowGroupReader::open(std::move(header), scan.templates,
                                    chunk_fetcher(database_, part, number, view_.snapshot.get()),
                                    columns_.items(part.id, number)));
    SLUICE_TRY(group_, GroupScan::open(std::move(reader), scan, number, select_, next_unit_));
    if (!group_->may_match()) {
      group_.reset();
      ++context_.stats().batches_skipped;
      ++context_.stats().groups_skipped_filter;
      return {};
    }
    ++context_.stats().batches;
    auto selected = group_->select(range_, view_.tombstones.get(), context_.stats());
    SLUICE_CHECK(account());
    if (!selected) release();
    return selected;
  }

  // Whether a deletion may hide rows of the group that the query wants.
  bool hidden_in(const PartScan& scan, std::uint32_t number) const {
    if (!view_.tombstones || view_.tombstones->empty()) return false;
    const auto& runs = scan.directory->groups[number].runs;
    return std::any_of(runs.begin(), runs.end(), [&](const Run& run) {
      return scan.wanted[run.stream] &&
             view_.tombstones->for_stream(scan.directory->streams[run.stream], run.first, run.last,
                                          scan.part->id) != nullptr;
    });
  }

  // The template list of a part, and what the filters make of it.
  Result<void> open_part(PartScan& scan) {
    if (scan.templates) return {};
    auto templates = cache_.templates(*scan.part, view_.snapshot.get());
    scan.unreadable = !templates;
    if (!templates) return std::move(templates).error();
    scan.templates = std::move(*templates);
    if (!select_.filters.empty()) scan.search.emplace(select_.filters, *scan.templates);
    if (select_.projection.parser != query::LogProjection::Parser::none)
      scan.fields.emplace(*scan.templates, select_.projection);
    return {};
  }

  // False: the open row group has no more.
  Result<bool> fill_from_group() {
    if (!group_) return false;
    const auto filled = group_->next(range_, batch_);
    SLUICE_CHECK(account());
    if (!filled && !is_damage(filled.error())) return filled;
    if (!filled) skip_damage(filled.error());
    if (!filled || !*filled) {
      release();
      return false;
    }
    return true;
  }

  const LogBatch* number_stream() {
    batch_.stream = numbers_.of(*batch_.labels);
    return &batch_;
  }

  // Adds to the statistics what the open row group has read since.
  void count_reads() {
    const auto& reader = group_->reader();
    context_.stats().chunks_read += reader.chunks_read() - chunks_counted_;
    context_.stats().bytes_read += reader.bytes_read() - bytes_counted_;
    context_.stats().lines_rebuilt += reader.lines_rebuilt() - lines_counted_;
    chunks_counted_ = reader.chunks_read();
    bytes_counted_ = reader.bytes_read();
    lines_counted_ = reader.lines_rebuilt();
  }

  // Charges what the open row group has come to hold.
  Result<void> account() {
    count_reads();
    const auto held = static_cast<std::int64_t>(group_->memory_bytes());
    const std::int64_t more = held - charged_;
    charged_ = held;
    return context_.charge(more);
  }

  // Makes batch_ of what of a run of the head is wanted; false if nothing is.
  bool fill(const RunView& run) {
    const auto begin = std::lower_bound(run.timestamps.begin(), run.timestamps.end(), range_.start);
    const auto end = std::lower_bound(begin, run.timestamps.end(), range_.end);
    if (begin == end) return false;
    const auto from = static_cast<std::size_t>(begin - run.timestamps.begin());
    const auto count = static_cast<std::size_t>(end - begin);
    RunView part{run.labels, run.timestamps.subspan(from, count), run.lines.subspan(from, count),
                 run.metadata.empty() ? run.metadata : run.metadata.subspan(from, count)};
    count_looked_at(part);
    if (!select_.filters.empty()) part = filtered(part);
    if (part.lines.empty()) return false;
    batch_ = {};
    batch_.labels = part.labels;
    batch_.stream = numbers_.of(*part.labels);
    batch_.timestamps = part.timestamps;
    batch_.lines = part.lines;
    batch_.metadata = part.metadata;
    return true;
  }

  RunView filtered(const RunView& run) {
    timestamps_.clear();
    lines_.clear();
    metadata_.clear();
    for (std::size_t i = 0; i < run.lines.size(); ++i) {
      if (!passes(run.lines[i])) continue;
      timestamps_.push_back(run.timestamps[i]);
      lines_.push_back(run.lines[i]);
      if (!run.metadata.empty()) metadata_.push_back(run.metadata[i]);
    }
    return {run.labels, timestamps_, lines_, metadata_};
  }

  bool passes(std::string_view line) const {
    return std::all_of(select_.filters.begin(), select_.filters.end(),
                       [&](const auto& filter) { return filter.matches(line); });
  }

  void count_looked_at(const RunView& run) {
    std::uint64_t bytes = 0;
    for (const auto line : run.lines) bytes += line.size();
    context_.stats().bytes_processed += bytes;
    context_.stats().lines_processed += run.lines.size();
    context_.stats().head_bytes += bytes;
    context_.stats().head_lines += run.lines.size();
  }

  // What a query goes on without, and says so.
  static bool is_damage(const Error& error) {
    return error.code == ErrorCode::corrupt || error.code == ErrorCode::not_found ||
           error.code == ErrorCode::io;
  }

  void skip_damage(const Error& error) {
    if (error.code == ErrorCode::not_found)
      return context_.warn("some logs were dropped by retention while the query ran");
    database_.report_corrupt(error);
    context_.warn("some stored logs are damaged and missing from the result: " + error.message);
  }

  void release() {
    if (charged_ != 0) static_cast<void>(context_.charge(-charged_));  // releasing cannot fail
    charged_ = 0;
    if (group_) count_reads();  // lines that were asked for last
    chunks_counted_ = 0;
    bytes_counted_ = 0;
    lines_counted_ = 0;
    group_.reset();
    counts_.reset();
    head_metadata_.clear();
  }

  const Database& database_;
  PartCache& cache_;
  ColumnCache& columns_;
  const LogView view_;
  const LogSelect select_;
  QueryContext& context_;
  TimeRange range_;
  HeadMatcher head_matcher_;
  std::vector<std::unique_ptr<PartScan>> scans_;
  std::vector<ScanUnit> units_;
  std::size_t next_unit_ = 0;
  // Of the open unit:
  std::unique_ptr<GroupScan> group_;
  std::optional<HeaderCounts> counts_;
  std::vector<std::vector<const LabelSet*>> head_metadata_;
  std::int64_t charged_ = 0;
  std::uint64_t chunks_counted_ = 0;
  std::uint64_t bytes_counted_ = 0;
  std::uint64_t lines_counted_ = 0;
  std::vector<RunView> runs_;
  std::size_t next_run_ = 0;
  // The batch handed out:
  StreamNumbers numbers_;
  std::vector<Timestamp> timestamps_;
  std::vector<std::string_view> lines_;
  std::vector<const LabelSet*> metadata_;
  LogBatch batch_;
};

struct LabelsHash {
  std::size_t operator()(const LabelSet& labels) const { return labels.hash(); }
};

}  // namespace

std::unique_ptr<query::LogCursor> make_log_cursor(const LogReading& from, LogView view,
                                                  const LogSelect& select, QueryContext& context) {
  return std::make_unique<StoredLogCursor>(from, std::move(view), select, context);
}

std::vector<LabelSet> streams_of(const Database& database, PartCache& cache, const LogView& view,
                                 const std::vector<query::LabelMatcher>& matchers,
                                 TimeRange range) {
  std::unordered_set<LabelSet, LabelsHash> found;
  const auto scans = plan_parts(cache, view, matchers, range, [&](const Error& error) {
    if (error.code != ErrorCode::not_found) database.report_corrupt(error);
  });
  for (const auto& scan : scans)
    for (const auto& group : scan->directory->groups)
      for (const Run& run : group.runs)
        if (scan->wanted[run.stream] && range.overlaps(run.first, run.last) &&
            !(view.tombstones && view.tombstones->hides_all(scan->directory->streams[run.stream],
                                                            run.first, run.last, scan->part->id)))
          found.insert(scan->directory->streams[run.stream]);
  HeadMatcher head_matcher(matchers);
  for (const auto& batch : view.head)
    for (const HeadRun& run : batch->runs())
      if (range.overlaps(run.first(), run.last()) && head_matcher.wants(*run.labels))
        found.insert(*run.labels);
  std::vector<LabelSet> streams(found.begin(), found.end());
  std::sort(streams.begin(), streams.end());
  return streams;
}

}  // namespace sluice::storage
