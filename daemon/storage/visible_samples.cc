// VisibleSamples: reading around deletions. Series no deletion matches pass untouched.
#include <algorithm>

#include "daemon/storage/sample_deletions.h"

namespace sluice::storage {

namespace {

std::vector<const SampleDeletion*> of_series(const std::vector<SampleDeletion>& deletions,
                                             const LabelSet& labels) {
  std::vector<const SampleDeletion*> found;
  for (const SampleDeletion& deletion : deletions)
    if (query::matches_all(deletion.matchers, labels)) found.push_back(&deletion);
  return found;
}

class VisibleCursor : public query::SeriesCursor {
 public:
  VisibleCursor(std::unique_ptr<query::SeriesCursor> inner, SampleDeletionList deletions)
      : inner_(std::move(inner)), deletions_(std::move(deletions)) {}

  Result<const query::SampleSeries*> next() override {
    while (true) {
      SLUICE_TRY(const query::SampleSeries* series, inner_->next());
      if (!series) return series;
      const auto deletions = of_series(*deletions_, series->labels);
      if (deletions.empty()) return series;
      keep_visible(*series, deletions);
      if (!current_.samples.empty()) return &current_;
    }
  }

  std::vector<std::unique_ptr<query::SeriesCursor>> split(std::size_t parts) override {
    std::vector<std::unique_ptr<query::SeriesCursor>> cursors;
    for (auto& cursor : inner_->split(parts))
      cursors.push_back(std::make_unique<VisibleCursor>(std::move(cursor), deletions_));
    return cursors;
  }

 private:
  // Histograms keep their places in the list.
  void keep_visible(const query::SampleSeries& series,
                    const std::vector<const SampleDeletion*>& deletions) {
    current_ = series;
    std::erase_if(current_.samples, [&](const Sample& sample) {
      return std::any_of(deletions.begin(), deletions.end(), [&](const SampleDeletion* deletion) {
        return deletion->covers(sample.timestamp_ms);
      });
    });
  }

  std::unique_ptr<query::SeriesCursor> inner_;
  const SampleDeletionList deletions_;
  query::SampleSeries current_;
};

}  // namespace

Result<std::unique_ptr<query::SeriesCursor>> VisibleSamples::select(
    const query::SampleSelect& select, query::QueryContext& context) {
  SampleDeletionList deletions = deletions_.list(select.tenant);
  SLUICE_TRY(auto cursor, inner_.select(select, context));
  if (deletions->empty()) return cursor;
  return std::unique_ptr<query::SeriesCursor>(
      std::make_unique<VisibleCursor>(std::move(cursor), std::move(deletions)));
}

// Of a series that a deletion matches, only its samples tell whether anything is left.
Result<std::vector<LabelSet>> VisibleSamples::series(
    const TenantId& tenant, const std::vector<query::LabelMatcher>& matchers, std::int64_t start_ms,
    std::int64_t end_ms) {
  const SampleDeletionList deletions = deletions_.list(tenant);
  SLUICE_TRY(auto found, inner_.series(tenant, matchers, start_ms, end_ms));
  if (deletions->empty()) return found;
  std::vector<LabelSet> visible;
  for (LabelSet& labels : found) {
    if (!of_series(*deletions, labels).empty()) {
      query::SampleSelect select{tenant, {}, start_ms, end_ms};
      for (const Label& label : labels) {
        SLUICE_TRY(auto matcher,
                   query::LabelMatcher::make(label.name, query::MatchOp::equal, label.value));
        select.matchers.push_back(std::move(matcher));
      }
      query::QueryContext context;
      SLUICE_TRY(auto cursor, this->select(select, context));
      bool left = false;
      while (!left) {
        SLUICE_TRY(const query::SampleSeries* series, cursor->next());
        if (!series) break;
        left = series->labels == labels;
      }
      if (!left) continue;
    }
    visible.push_back(std::move(labels));
  }
  return visible;
}

}  // namespace sluice::storage
