// MemoryLogSource, MemorySampleSource: the query sources over plain vectors, for tests.
//
// Too simple to be wrong, yet with the habits of a real store: entries come in batches of at most
// `batch_entries`, later ranges first for backward reads, batches of different streams overlapping
// in time, and narrow() is obeyed. Filters are applied as source.h demands, projections as far as
// Push says. Not thread-safe while data is being added.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "query/engine/histogram_ops.h"
#include "tests/query/pushed_batch.h"

namespace sluice::query::test {

struct MemoryStream {
  LabelSet labels;
  std::vector<LogEntry> entries;  // ascending by timestamp, equal ones in arrival order
};

struct MemoryOptions {
  std::size_t batch_entries = 3;
  Push push = Push::lines;
  std::uint32_t seed = 0;                            // of Push::mixed
  std::atomic<std::size_t>* lines_loaded = nullptr;  // counts them
  std::size_t pieces_per_unit = 0;                   // of batch_entries each; 0: all are one unit
  std::function<void(std::size_t)> on_open;          // called with each unit, on its thread
};

struct MemoryPiece {
  const LabelSet* labels;
  std::uint64_t stream;
  std::vector<const LogEntry*> entries;
};

class MemoryUnits : public LogUnits {
 public:
  MemoryUnits(const std::vector<MemoryPiece>& pieces, const LogSelect& select,
              QueryContext& context, const MemoryOptions& options)
      : pieces_(pieces),
        range_(select.range),
        context_(context),
        options_(options),
        pushed_(select, options.push, options.seed) {}
  ~MemoryUnits() override {
    if (options_.lines_loaded != nullptr) *options_.lines_loaded += pushed_.lines_loaded();
  }

  Result<void> open(std::size_t unit) override {
    const std::size_t size = options_.pieces_per_unit;
    position_ = size == 0 ? 0 : unit * size;
    end_ = size == 0 ? pieces_.size() : std::min(pieces_.size(), position_ + size);
    if (options_.on_open) options_.on_open(unit);
    return {};
  }

  Result<const LogBatch*> next() override {
    while (position_ < end_) {
      SLUICE_CHECK(context_.check());
      const LogBatch& batch = fill(pieces_[position_++]);
      if (batch.size() > 0) return &batch;
      ++context_.stats().batches_skipped;
    }
    return static_cast<const LogBatch*>(nullptr);
  }

  void narrow(TimeRange range) override { range_ = range; }

 private:
  const LogBatch& fill(const MemoryPiece& piece) {
    std::vector<const LogEntry*> entries;
    for (const LogEntry* entry : piece.entries)
      if (range_.contains(entry->timestamp)) entries.push_back(entry);
    ++context_.stats().batches;
    return pushed_.make(*piece.labels, piece.stream, std::move(entries));
  }

  const std::vector<MemoryPiece>& pieces_;
  TimeRange range_;
  QueryContext& context_;
  const MemoryOptions& options_;
  std::size_t position_ = 0;
  std::size_t end_ = 0;
  PushedBatch pushed_;
};

class MemoryScan : public LogScan {
 public:
  MemoryScan(const std::vector<MemoryStream>& streams, LogSelect select, QueryContext& context,
             MemoryOptions options)
      : select_(std::move(select)), context_(context), options_(std::move(options)) {
    for (std::size_t i = 0; i < streams.size(); ++i)
      if (matches_all(select_.matchers, streams[i].labels)) cut(streams[i], i);
    const bool backward = select_.direction == Direction::backward;
    std::stable_sort(pieces_.begin(), pieces_.end(), [&](const auto& a, const auto& b) {
      return backward ? a.entries.back()->timestamp > b.entries.back()->timestamp
                      : a.entries.front()->timestamp < b.entries.front()->timestamp;
    });
  }

  std::size_t units() const override {
    const std::size_t size = options_.pieces_per_unit;
    return size == 0 ? 1 : (pieces_.size() + size - 1) / size;
  }
  std::unique_ptr<LogUnits> reader() override {
    return std::make_unique<MemoryUnits>(pieces_, select_, context_, options_);
  }

 private:
  void cut(const MemoryStream& stream, std::size_t id) {
    std::vector<const LogEntry*> wanted;
    for (const auto& entry : stream.entries) {
      const auto holds = [&](const LineFilter& f) { return f.matches(entry.line); };
      if (!select_.range.contains(entry.timestamp)) continue;
      ++context_.stats().lines_processed;
      context_.stats().bytes_processed += entry.line.size();
      if (std::all_of(select_.filters.begin(), select_.filters.end(), holds))
        wanted.push_back(&entry);
    }
    const std::size_t size = options_.batch_entries;
    for (std::size_t i = 0; i < wanted.size(); i += size) {
      const auto end = std::min(i + size, wanted.size());
      pieces_.push_back({&stream.labels,
                         id,
                         {wanted.begin() + static_cast<std::ptrdiff_t>(i),
                          wanted.begin() + static_cast<std::ptrdiff_t>(end)}});
    }
  }

  const LogSelect select_;
  QueryContext& context_;
  const MemoryOptions options_;
  std::vector<MemoryPiece> pieces_;
};

class MemoryLogSource : public LogSource {
 public:
  explicit MemoryLogSource(std::size_t batch_entries = 3) {
    options_.batch_entries = batch_entries;
  }

  // From the next select() on.
  void set_push(Push push, std::uint32_t seed = 0) {
    options_.push = push;
    options_.seed = seed;
  }
  void set_units(std::size_t pieces_per_unit, std::function<void(std::size_t)> on_open = {}) {
    options_.pieces_per_unit = pieces_per_unit;
    options_.on_open = std::move(on_open);
  }
  void clear() { tenants_.clear(); }
  // On demand, by all readers that are gone.
  std::size_t lines_loaded() const { return lines_loaded_; }

  void add(const LabelSet& labels, LogEntry entry, const TenantId& tenant = default_tenant()) {
    auto& streams = tenants_[tenant];
    auto it = std::find_if(streams.begin(), streams.end(),
                           [&](const MemoryStream& s) { return s.labels == labels; });
    if (it == streams.end()) it = streams.insert(it, MemoryStream{labels, {}});
    const auto later = [](Timestamp t, const LogEntry& e) { return t < e.timestamp; };
    it->entries.insert(
        std::upper_bound(it->entries.begin(), it->entries.end(), entry.timestamp, later),
        std::move(entry));
  }
  // A new stream; its entries ascend.
  void add_stream(LabelSet labels, std::vector<LogEntry> entries) {
    tenants_[default_tenant()].push_back({std::move(labels), std::move(entries)});
  }
  // The line at `seconds` after the epoch.
  void add(const LabelSet& labels, double seconds, std::string line, LabelSet metadata = {}) {
    const auto ns = static_cast<std::int64_t>(seconds * 1e9);
    add(labels, LogEntry{from_unix_ns(ns), std::move(line), std::move(metadata)});
  }

  Result<std::unique_ptr<LogScan>> open_scan(const LogSelect& select,
                                             QueryContext& context) override {
    last_ = select;
    MemoryOptions options = options_;
    options.lines_loaded = &lines_loaded_;
    return std::unique_ptr<LogScan>(
        std::make_unique<MemoryScan>(tenants_[select.tenant], select, context, options));
  }

  Result<std::vector<LabelSet>> streams(const TenantId& tenant,
                                        const std::vector<LabelMatcher>& matchers,
                                        TimeRange range) override {
    std::vector<LabelSet> found;
    for (const auto& stream : tenants_[tenant]) {
      const auto inside = [&](const LogEntry& e) { return range.contains(e.timestamp); };
      if (matches_all(matchers, stream.labels) &&
          std::any_of(stream.entries.begin(), stream.entries.end(), inside))
        found.push_back(stream.labels);
    }
    return found;
  }

  // What the engine asked for last: to check what it pushes down.
  const LogSelect& last_select() const { return last_; }
  const std::vector<MemoryStream>& data(const TenantId& tenant = default_tenant()) {
    return tenants_[tenant];
  }

 private:
  MemoryOptions options_;
  std::atomic<std::size_t> lines_loaded_ = 0;
  std::map<TenantId, std::vector<MemoryStream>> tenants_;
  LogSelect last_;
};

class MemorySeriesCursor : public SeriesCursor {
 public:
  explicit MemorySeriesCursor(std::vector<SampleSeries> series) : series_(std::move(series)) {}
  Result<const SampleSeries*> next() override {
    const SampleSeries* none = nullptr;
    return position_ < series_.size() ? &series_[position_++] : none;
  }

 private:
  std::vector<SampleSeries> series_;
  std::size_t position_ = 0;
};

class MemorySampleSource : public SampleSource {
 public:
  // Samples may come in any order; a second one at a timestamp is ignored, as stores do.
  void add(const LabelSet& labels, Sample sample, const TenantId& tenant = default_tenant()) {
    tenants_[tenant][labels].emplace(sample.timestamp_ms, Point{sample.value, nullptr});
  }
  void add(const LabelSet& labels, Sample sample, const HistogramList& histograms) {
    Point point{sample.value, nullptr};
    if (is_histogram(sample.value)) point.histogram = histograms[histogram_place(sample.value)];
    tenants_[default_tenant()][labels].emplace(sample.timestamp_ms, std::move(point));
  }
  void add_metadata(MetricMetadata metadata) { metadata_.push_back(std::move(metadata)); }

  Result<std::unique_ptr<SeriesCursor>> select(const SampleSelect& select,
                                               QueryContext& context) override {
    std::vector<SampleSeries> found;
    for (const auto& [labels, samples] : tenants_[select.tenant]) {
      if (!matches_all(select.matchers, labels)) continue;
      SampleSeries series{labels, {}};
      for (auto it = samples.lower_bound(select.start_ms);
           it != samples.end() && it->first <= select.end_ms; ++it)
        series.samples.push_back({it->first, value_of(samples, it, series.histograms)});
      context.stats().samples += series.samples.size();
      if (!series.samples.empty()) found.push_back(std::move(series));
    }
    return std::unique_ptr<SeriesCursor>(std::make_unique<MemorySeriesCursor>(std::move(found)));
  }

  Result<std::vector<LabelSet>> series(const SampleSelect& select, QueryContext&) override {
    std::vector<LabelSet> found;
    for (const auto& [labels, samples] : tenants_[select.tenant]) {
      const auto it = samples.lower_bound(select.start_ms);
      if (matches_all(select.matchers, labels) && it != samples.end() && it->first <= select.end_ms)
        found.push_back(labels);
    }
    return found;
  }

  Result<std::vector<MetricMetadata>> metadata(const TenantId&) override { return metadata_; }

 private:
  struct Point {
    double value = 0;
    HistogramPtr histogram;
  };
  using Points = std::map<std::int64_t, Point>;

  // Hints as a store's chunks give them: a chunk goes on until a counter is reset.
  static double value_of(const Points& points, Points::const_iterator at, HistogramList& list) {
    if (!at->second.histogram) return at->second.value;
    NativeHistogram histogram = *at->second.histogram;
    if (histogram.hint != CounterReset::gauge) {
      const auto before = at == points.begin() ? nullptr : std::prev(at)->second.histogram;
      const bool goes_on =
          before && before->hint != CounterReset::gauge && !is_reset(*before, histogram);
      histogram.hint = goes_on ? CounterReset::not_reset : CounterReset::unknown;
    }
    return add_histogram(list, std::make_shared<const NativeHistogram>(std::move(histogram)));
  }

  std::map<TenantId, std::map<LabelSet, Points>> tenants_;
  std::vector<MetricMetadata> metadata_;
};

}  // namespace sluice::query::test
