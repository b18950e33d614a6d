#include "daemon/storage/series_cursor.h"

#include <algorithm>

#include "daemon/storage/chunk_reader.h"

namespace sluice::storage {

namespace {

// Fewer are read before another thread has begun.
constexpr std::size_t series_per_part_least = 500;

class StoredSeriesCursor : public query::SeriesCursor {
 public:
  StoredSeriesCursor(const Database& database, const TenantSamples& tenant,
                     std::vector<SeriesPtr> series, const query::SampleSelect& select,
                     query::QueryContext& context)
      : database_(database),
        tenant_(tenant),
        series_(std::move(series)),
        start_ms_(select.start_ms),
        end_ms_(select.end_ms),
        context_(context) {}

  Result<const query::SampleSeries*> next() override {
    while (next_ < series_.size()) {
      SLUICE_CHECK(context_.check());
      SLUICE_CHECK(read(*series_[next_++]));
      if (!current_.samples.empty()) return &current_;
    }
    return nullptr;
  }

  std::vector<std::unique_ptr<query::SeriesCursor>> split(std::size_t parts) override {
    std::vector<std::unique_ptr<query::SeriesCursor>> cursors;
    parts = std::min(parts, series_.size() / series_per_part_least);
    if (parts < 2) return cursors;
    const query::SampleSelect range{tenant_.tenant(), {}, start_ms_, end_ms_};
    for (std::size_t i = 0; i < parts; ++i) {
      const auto at = [&](std::size_t part) {
        return series_.begin() + static_cast<std::ptrdiff_t>(series_.size() * part / parts);
      };
      cursors.push_back(std::make_unique<StoredSeriesCursor>(
          database_, tenant_, std::vector<SeriesPtr>(at(i), at(i + 1)), range, context_));
    }
    next_ = series_.size();
    return cursors;
  }

 private:
  Result<void> read(const Series& series) {
    const auto view = tenant_.view(series, start_ms_, end_ms_, database_);
    SampleRun run;
    bool damaged = false;
    for (const Day day : view.days)
      SLUICE_CHECK(read_chunks(database_, view.snapshot.get(), tenant_.tenant(), view.id, day,
                               start_ms_, end_ms_, run, damaged));
    join_samples(run, view.head);
    current_ = {series.labels, std::move(run.samples), std::move(run.histograms)};
    if (damaged) context_.warn("some stored samples are damaged and missing from the result");
    context_.stats().samples += current_.samples.size();
    return {};
  }

  const Database& database_;
  const TenantSamples& tenant_;
  const std::vector<SeriesPtr> series_;
  const std::int64_t start_ms_;
  const std::int64_t end_ms_;
  query::QueryContext& context_;
  std::size_t next_ = 0;
  query::SampleSeries current_;
};

}  // namespace

std::unique_ptr<query::SeriesCursor> make_series_cursor(const Database& database,
                                                        const TenantSamples& tenant,
                                                        std::vector<SeriesPtr> series,
                                                        const query::SampleSelect& select,
                                                        query::QueryContext& context) {
  return std::make_unique<StoredSeriesCursor>(database, tenant, std::move(series), select, context);
}

}  // namespace sluice::storage
