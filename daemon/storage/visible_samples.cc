// VisibleSamples: reading around deletions. Series no deletion matches pass untouched.
#include <algorithm>
#include <set>

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

namespace {

// Those that hide some of the range.
std::vector<SampleDeletion> touching(const std::vector<SampleDeletion>& all,
                                     const query::SampleSelect& select) {
  std::vector<SampleDeletion> found;
  for (const SampleDeletion& deletion : all)
    if (deletion.first_ms <= select.end_ms && select.start_ms <= deletion.last_ms)
      found.push_back(deletion);
  return found;
}

enum class Left { all, perhaps_some, nothing };

// What deletions leave of a series in the range.
Left left_of(const LabelSet& labels, const std::vector<SampleDeletion>& deletions,
             const query::SampleSelect& select) {
  const auto matching = of_series(deletions, labels);
  const bool whole = std::any_of(matching.begin(), matching.end(), [&](const auto* deletion) {
    return deletion->covers(select.start_ms) && deletion->covers(select.end_ms);
  });
  if (whole) return Left::nothing;
  return matching.empty() ? Left::all : Left::perhaps_some;
}

// Each read of its own finds its series by the deletion's matchers; of more deletions than this,
// everything is read once.
constexpr std::size_t max_narrow_reads = 8;

// Reads that together have all series that one of the deletions matches.
std::vector<query::SampleSelect> reads_of(const query::SampleSelect& select,
                                          const std::vector<SampleDeletion>& deletions) {
  if (deletions.size() > max_narrow_reads) return {select};
  std::vector<query::SampleSelect> reads;
  for (const SampleDeletion& deletion : deletions) {
    auto& narrowed = reads.emplace_back(select).matchers;
    narrowed.insert(narrowed.end(), deletion.matchers.begin(), deletion.matchers.end());
  }
  return reads;
}

Result<void> erase_read(query::SeriesCursor& cursor, std::set<LabelSet>& series) {
  for (;;) {
    SLUICE_TRY(const query::SampleSeries* const read, cursor.next());
    if (!read) return {};
    series.erase(read->labels);
  }
}

}  // namespace

// Of a series that a deletion hides a part of, only its samples tell whether anything is left.
Result<std::vector<LabelSet>> VisibleSamples::series(const query::SampleSelect& select,
                                                     query::QueryContext& context) {
  const SampleDeletionList list = deletions_.list(select.tenant);
  SLUICE_TRY(auto found, inner_.series(select, context));
  const auto deletions = touching(*list, select);
  if (deletions.empty()) return found;
  std::set<LabelSet> in_doubt;
  std::erase_if(found, [&](const LabelSet& labels) {
    const Left left = left_of(labels, deletions, select);
    if (left == Left::perhaps_some) in_doubt.insert(labels);
    return left == Left::nothing;
  });
  for (const query::SampleSelect& read : reads_of(select, deletions)) {
    if (in_doubt.empty()) return found;
    SLUICE_TRY(const auto cursor, this->select(read, context));
    SLUICE_CHECK(erase_read(*cursor, in_doubt));
  }
  std::erase_if(found, [&](const LabelSet& labels) { return in_doubt.contains(labels); });
  return found;
}

// A deletion in the range: the labels are those of the series that are left.
Result<std::vector<std::string>> VisibleSamples::label_names(const query::SampleSelect& select,
                                                             query::QueryContext& context) {
  if (touching(*deletions_.list(select.tenant), select).empty())
    return inner_.label_names(select, context);
  return SampleSource::label_names(select, context);
}

Result<std::vector<std::string>> VisibleSamples::label_values(const query::SampleSelect& select,
                                                              const std::string& name,
                                                              query::QueryContext& context) {
  if (touching(*deletions_.list(select.tenant), select).empty())
    return inner_.label_values(select, name, context);
  return SampleSource::label_values(select, name, context);
}

}  // namespace sluice::storage
