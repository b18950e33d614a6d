#include "daemon/storage/log_cursor.h"

#include <algorithm>
#include <unordered_set>

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

// A run of entries of one stream, wherever they lie, ascending by time.
struct RunView {
  const LabelSet* labels = nullptr;
  std::span<const Timestamp> timestamps;
  std::span<const std::string_view> lines;
  std::span<const LabelSet* const> metadata;
  const std::vector<Tombstone>* hidden = nullptr;  // of a part's rows
};

class StoredLogCursor : public query::LogCursor {
 public:
  StoredLogCursor(const Database& database, DirectoryCache& directories, LogView view,
                  const LogSelect& select, QueryContext& context)
      : database_(database),
        view_(std::move(view)),
        select_(select),
        context_(context),
        range_(select.range),
        head_matcher_(select_.matchers) {
    scans_ = plan_parts(directories, view_, select_.matchers, range_,
                        [this](const Error& error) { skip_damage(error); });
    units_ = plan_units(scans_, view_, head_matcher_, range_, select_.direction);
  }
  ~StoredLogCursor() override { release(); }

  Result<const LogBatch*> next() override {
    for (;;) {
      SLUICE_CHECK(context_.check());
      while (next_run_ < runs_.size())
        if (fill(runs_[next_run_++])) return &batch_;
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
      return {};
    }
    ++context_.stats().batches;
    if (unit.head) {
      open_head(*unit.head);
      return {};
    }
    return open_group(*unit.scan, unit.group);
  }

  void open_head(const HeadBatch& head) {
    for (const HeadRun& run : head.runs()) {
      if (!head_matcher_.wants(*run.labels)) continue;
      head_metadata_.emplace_back();
      for (const auto& labels : run.metadata)
        head_metadata_.back().push_back(labels.empty() ? nullptr : &labels);
      runs_.push_back(
          {run.labels.get(), run.timestamps, run.lines, head_metadata_.back(), nullptr});
    }
  }

  Result<void> open_group(const PartScan& scan, std::uint32_t number) {
    auto decoded = read_group(*scan.part, number);
    if (!decoded) {
      skip_damage(decoded.error());
      return {};
    }
    group_ = std::move(*decoded);
    const RowColumns& rows = group_->rows();
    const GroupInfo& info = scan.directory->groups[number];
    if (rows.size() != info.rows) {
      skip_damage({ErrorCode::corrupt, "row group and directory count rows differently"});
      return {};
    }
    std::size_t at = 0;
    for (const Run& run : info.runs) {
      if (scan.wanted[run.stream]) runs_.push_back(cut(rows, at, run, scan));
      at += run.rows;
    }
    charged_ = static_cast<std::int64_t>(group_->memory_bytes());
    return context_.charge(charged_);
  }

  RunView cut(const RowColumns& rows, std::size_t at, const Run& run, const PartScan& scan) const {
    RunView view{&scan.directory->streams[run.stream],
                 std::span(rows.timestamps).subspan(at, run.rows),
                 std::span(rows.lines).subspan(at, run.rows),
                 {},
                 nullptr};
    if (view_.tombstones)
      view.hidden = view_.tombstones->for_stream(*view.labels, run.first, run.last, scan.part->id);
    if (!rows.metadata.empty()) view.metadata = std::span(rows.metadata).subspan(at, run.rows);
    return view;
  }

  Result<std::unique_ptr<RowGroup>> read_group(const Part& part, std::uint32_t number) {
    const std::string key = row_group_key(part.day, part.tenant, part.id, number);
    SLUICE_TRY(const auto value,
               database_.get(Family::rows, key, ValueType::row_group, view_.snapshot.get()));
    if (!value) return Error{ErrorCode::not_found, "a row group is gone: " + printable_key(key)};
    context_.stats().bytes_read += value->payload().size();
    return RowGroup::decode(value->payload());
  }

  // Makes batch_ of what of the run is wanted; false if nothing is.
  bool fill(const RunView& run) {
    const auto begin = std::lower_bound(run.timestamps.begin(), run.timestamps.end(), range_.start);
    const auto end = std::lower_bound(begin, run.timestamps.end(), range_.end);
    if (begin == end) return false;
    const auto from = static_cast<std::size_t>(begin - run.timestamps.begin());
    const auto count = static_cast<std::size_t>(end - begin);
    RunView part{run.labels, run.timestamps.subspan(from, count), run.lines.subspan(from, count),
                 run.metadata.empty() ? run.metadata : run.metadata.subspan(from, count),
                 run.hidden};
    count_looked_at(part);
    if (!select_.filters.empty() || part.hidden) part = filtered(part);
    if (part.lines.empty()) return false;
    batch_ = {part.labels, numbers_.of(*part.labels), part.timestamps, part.lines, part.metadata};
    return true;
  }

  RunView filtered(const RunView& run) {
    timestamps_.clear();
    lines_.clear();
    metadata_.clear();
    for (std::size_t i = 0; i < run.lines.size(); ++i) {
      if (!passes(run.lines[i])) continue;
      if (run.hidden && hides(*run.hidden, run.timestamps[i], run.lines[i])) continue;
      timestamps_.push_back(run.timestamps[i]);
      lines_.push_back(run.lines[i]);
      if (!run.metadata.empty()) metadata_.push_back(run.metadata[i]);
    }
    return {run.labels, timestamps_, lines_, metadata_, nullptr};
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
    group_.reset();
    head_metadata_.clear();
  }

  const Database& database_;
  const LogView view_;
  const LogSelect select_;
  QueryContext& context_;
  TimeRange range_;
  HeadMatcher head_matcher_;
  std::vector<std::unique_ptr<PartScan>> scans_;
  std::vector<ScanUnit> units_;
  std::size_t next_unit_ = 0;
  // Of the open unit:
  std::unique_ptr<RowGroup> group_;
  std::vector<std::vector<const LabelSet*>> head_metadata_;
  std::int64_t charged_ = 0;
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

std::unique_ptr<query::LogCursor> make_log_cursor(const Database& database,
                                                  DirectoryCache& directories, LogView view,
                                                  const LogSelect& select, QueryContext& context) {
  return std::make_unique<StoredLogCursor>(database, directories, std::move(view), select, context);
}

std::vector<LabelSet> streams_of(const Database& database, DirectoryCache& directories,
                                 const LogView& view,
                                 const std::vector<query::LabelMatcher>& matchers,
                                 TimeRange range) {
  std::unordered_set<LabelSet, LabelsHash> found;
  const auto scans = plan_parts(directories, view, matchers, range, [&](const Error& error) {
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
