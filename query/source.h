// What a query needs from a store. daemon/storage implements these; tests use plain vectors
// (tests/query/memory_source.h). No RocksDB and no Asio here: behind this seam a distributed store
// may stand one day.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "base/types/time.h"
#include "query/ast/label_matcher.h"
#include "query/ast/line_filter.h"
#include "query/context.h"
#include "query/log_projection.h"

namespace sluice::query {

enum class Direction { backward, forward };  // newest first, oldest first

// What is wanted of the logs. Everything here is pushed down: a source returns only entries that
// match all of it. (Filters are repeated by nobody.)
struct LogSelect {
  TenantId tenant;
  std::vector<LabelMatcher> matchers;  // may be empty: all streams
  TimeRange range;
  std::vector<LineFilter> filters;  // all must hold for the original line
  Direction direction = Direction::backward;
  LogProjection projection = {};  // what of them will be looked at
};

// A run of entries (rows) of one Stream, ascending by timestamp, entries of equal timestamp in
// arrival order. Spans are empty or hold one item per row, and are valid until the next call of
// next(). There are always lines, unless the projection asked for something else and got it.
struct LogBatch {
  const LabelSet* labels = nullptr;
  std::uint64_t stream = 0;               // equal for batches of the same Stream within one cursor
  std::span<const Timestamp> timestamps;  // never empty: its size is the number of rows
  std::span<const std::string_view> lines = {};
  std::span<const LabelSet* const> metadata = {};  // null: none
  // With Lines::on_demand, or for rows that are unparsed, instead of `lines`.
  LineLoader* loader = nullptr;
  // Bytes of the original line; of all entries of the row where there are counts.
  std::span<const std::uint64_t> sizes = {};
  // The row stands for so many entries of one interval of LogProjection::coalesce, all with this
  // metadata; its timestamp is any within the interval, and several rows may share an interval.
  std::span<const std::uint64_t> counts = {};
  // The lines went through LogProjection::parser, and `fields` is parallel to ::fields.
  bool parsed = false;
  std::span<const FieldColumn> fields = {};
  // Per row, if the projection asked for it and the source has them; 0: not known. Numbers mean the
  // same in batches of one shape_scope, which come one after the other.
  std::span<const std::uint32_t> shapes = {};
  std::uint64_t shape_scope = 0;
  // Not 0: the fields say nothing of this row and its line is to be parsed. So is every line for
  // which the parser would report an error.
  std::span<const std::uint8_t> unparsed = {};

  std::size_t size() const { return timestamps.size(); }
};

// Batches in a helpful order (later ranges first for backward), yet not strictly sorted: batches of
// different streams overlap in time. Used by one thread.
class LogCursor {
 public:
  virtual ~LogCursor() = default;
  // Null at the end.
  virtual Result<const LogBatch*> next() = 0;
  // "Entries outside this range no longer interest me": the reader has its limit of newer ones.
  // Later batches may then skip them. Only ever narrower.
  virtual void narrow(TimeRange range) = 0;
};

// Reads units of a scan one after another. Used by one thread.
class LogUnits {
 public:
  virtual ~LogUnits() = default;
  // Leaves the unit before and goes to this one, of [0, LogScan::units()); mostly ascending.
  virtual Result<void> open(std::size_t unit) = 0;
  // Its next batch; null at its end. A batch depends on the unit alone, not on what was read
  // before, except that LogBatch::stream and FieldColumn::dictionary compare batches of one
  // LogUnits.
  virtual Result<const LogBatch*> next() = 0;
  // As LogCursor::narrow().
  virtual void narrow(TimeRange range) = 0;
};

// What a select() comes to: units that several threads can read side by side, each by a LogUnits of
// its own. Units are in the helpful order of a cursor's batches, and there are only as many as the
// data takes, so one unit is worth a thread's while.
class LogScan {
 public:
  virtual ~LogScan() = default;
  virtual std::size_t units() const = 0;
  // Safe from any thread; the scan must outlive it.
  virtual std::unique_ptr<LogUnits> reader() = 0;
};

class LogSource {
 public:
  virtual ~LogSource() = default;
  // A consistent view as of the call: every acknowledged entry once, whatever is sealed or merged
  // meanwhile. Nothing that is older than QueryContext::oldest(): here, so that no way to read logs
  // goes around it. Entries that are selected by the interval (LogProjection::coalesce) then begin
  // with the first interval, of a minute at most, that is wholly visible.
  Result<std::unique_ptr<LogScan>> scan(const LogSelect& select, QueryContext& context);
  // The same for one reader of all.
  Result<std::unique_ptr<LogCursor>> select(const LogSelect& select, QueryContext& context);
  // Streams with at least one entry in the range (stores may round the range outwards, to days).
  virtual Result<std::vector<LabelSet>> streams(const TenantId& tenant,
                                                const std::vector<LabelMatcher>& matchers,
                                                TimeRange range) = 0;

 private:
  // What scan() is for this source; the range is not empty.
  virtual Result<std::unique_ptr<LogScan>> open_scan(const LogSelect& select,
                                                     QueryContext& context) = 0;
};

// A scan of nothing.
std::unique_ptr<LogScan> no_logs();

// What is wanted of the samples; start and end both inclusive.
struct SampleSelect {
  TenantId tenant;
  std::vector<LabelMatcher> matchers;  // include __name__ when the selector names a metric
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
};

// All samples of one series in the range, ascending, one per timestamp. Stale markers included.
struct SampleSeries {
  LabelSet labels;
  std::vector<Sample> samples;
  HistogramList histograms = {};  // those the samples name, with their counter reset hints
};

class SeriesCursor {
 public:
  virtual ~SeriesCursor() = default;
  // Next series in label order; null at the end. Valid until the next call.
  virtual Result<const SampleSeries*> next() = 0;
  // Before the first next(): the same series as up to `parts` cursors, in order, each for a thread
  // of its own; this one is then empty. Nothing comes back where that is not possible or not worth
  // it.
  virtual std::vector<std::unique_ptr<SeriesCursor>> split(std::size_t parts) {
    static_cast<void>(parts);
    return {};
  }
};

class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual Result<std::unique_ptr<SeriesCursor>> select(const SampleSelect& select,
                                                       QueryContext& context) = 0;
  // The labels of series with samples in the range, in their order; stores may round the range
  // outwards. The query is charged for them as long as its context lives.
  virtual Result<std::vector<LabelSet>> series(const SampleSelect& select,
                                               QueryContext& context) = 0;
  // What those series have of labels: names, and values of one name. Ascending, each once, none
  // empty. A store that knows them without looking at series answers these itself.
  virtual Result<std::vector<std::string>> label_names(const SampleSelect& select,
                                                       QueryContext& context);
  virtual Result<std::vector<std::string>> label_values(const SampleSelect& select,
                                                        const std::string& name,
                                                        QueryContext& context);
  virtual Result<std::vector<MetricMetadata>> metadata(const TenantId& tenant) = 0;
};

}  // namespace sluice::query
