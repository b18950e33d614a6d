#include "daemon/storage/series_cursor.h"

#include <algorithm>
#include <optional>

#include "daemon/storage/part_sources.h"

namespace sluice::storage {

namespace {

constexpr const char* damage_warning =
    "some stored samples are damaged and missing from the result";
// Fewer are read before another thread has begun.
constexpr std::size_t series_per_part_least = 500;

class StoredSeriesCursor : public query::SeriesCursor {
 public:
  StoredSeriesCursor(SamplePartCache& cache, const TenantSamples& tenant,
                     const query::SampleSelect& select, std::vector<RetentionCut> cuts,
                     query::QueryContext& context)
      : cache_(cache),
        tenant_(tenant),
        database_(cache.database()),
        select_(select),
        context_(context),
        rules_(std::move(cuts)),
        cuts_(rules_),
        parts_(cache, select_.matchers) {}

  Result<const query::SampleSeries*> next() override {
    if (!opened_) SLUICE_CHECK(open());
    while (!at_end_) {
      SLUICE_CHECK(context_.check());
      const std::string* key = least();
      if (!key || (to_ && *key >= *to_)) return nullptr;
      const std::string current = *key;
      SLUICE_TRY(SampleRun run, read(current));
      if (!run.samples.empty()) return deliver(current, std::move(run));
    }
    return nullptr;
  }

  // By ranges of keys, told by the series of the head.
  std::vector<std::unique_ptr<query::SeriesCursor>> split(std::size_t parts) override {
    std::vector<std::unique_ptr<query::SeriesCursor>> cursors;
    match();
    parts = std::min(parts, head_.size() / series_per_part_least);
    if (parts < 2) return cursors;
    for (std::size_t i = 0; i < parts; ++i) cursors.push_back(part(i, parts));
    at_end_ = true;
    return cursors;
  }

 private:
  std::unique_ptr<StoredSeriesCursor> part(std::size_t index, std::size_t parts) const {
    const auto at = [&](std::size_t i) { return head_.size() * i / parts; };
    auto cursor = std::make_unique<StoredSeriesCursor>(cache_, tenant_, select_, rules_, context_);
    cursor->head_.assign(head_.begin() + static_cast<std::ptrdiff_t>(at(index)),
                         head_.begin() + static_cast<std::ptrdiff_t>(at(index + 1)));
    cursor->has_head_ = true;
    if (index > 0) cursor->from_ = cursor->head_.front().key;
    if (index + 1 < parts) cursor->to_ = head_[at(index + 1)].key;
    return cursor;
  }
  void match() {
    if (!has_head_) head_ = tenant_.match(select_.matchers);
    has_head_ = true;
  }
  // The head first: what a seal moves from there meanwhile is in the view.
  Result<void> open() {
    match();
    SLUICE_CHECK(refresh(from_));
    opened_ = true;
    return {};
  }
  Result<void> refresh(const std::string& key) {
    auto view = tenant_.view(select_.start_ms, select_.end_ms, generation_, database_);
    generation_ = view.generation;
    SLUICE_CHECK(parts_.add(view, key));
    warn_of_damage();
    return {};
  }
  void warn_of_damage() {
    if (parts_.damaged()) context_.warn(damage_warning);
  }
  const std::string* least() const {
    const std::string* part = parts_.least();
    if (next_ == head_.size()) return part;
    const std::string* head = &head_[next_].key;
    return part && *part < *head ? part : head;
  }
  Result<SampleRun> read(const std::string& key) {
    std::optional<SampleRun> unsealed = SampleRun();
    const std::int64_t start_ms = std::max(select_.start_ms, cuts_.first_ms(key));
    if (next_ < head_.size() && head_[next_].key == key) {
      const HeadSeriesPtr& series = head_[next_].series;
      for (;;) {
        unsealed = tenant_.read(*series, start_ms, select_.end_ms, generation_);
        if (unsealed) break;
        SLUICE_CHECK(refresh(key));  // a seal ended: its parts hold what the head had
      }
      ++next_;
    }
    SLUICE_TRY(SampleRun run, parts_.read(key, start_ms, select_.end_ms));
    SLUICE_CHECK(parts_.pass(key));
    warn_of_damage();
    join_samples(run, *unsealed);
    return run;
  }
  Result<const query::SampleSeries*> deliver(const std::string& key, SampleRun run) {
    auto labels = parse_label_key(key);
    if (!labels) return Error{ErrorCode::corrupt, "the labels of a series do not decode"};
    current_ = {std::move(*labels), std::move(run.samples), std::move(run.histograms)};
    context_.stats().samples += current_.samples.size();
    return &current_;
  }

  SamplePartCache& cache_;
  const TenantSamples& tenant_;
  const Database& database_;
  const query::SampleSelect select_;
  query::QueryContext& context_;
  const std::vector<RetentionCut> rules_;
  SampleCuts cuts_;
  // Of a part of a split cursor: its first key and the one behind its last.
  std::string from_;
  std::optional<std::string> to_;
  bool has_head_ = false;
  bool opened_ = false;
  bool at_end_ = false;  // its parts read instead
  std::uint64_t generation_ = 0;
  std::vector<SeriesIndex::Matched> head_;
  std::size_t next_ = 0;  // of head_
  PartSources parts_;
  query::SampleSeries current_;
};

}  // namespace

std::unique_ptr<query::SeriesCursor> make_series_cursor(SamplePartCache& cache,
                                                        const TenantSamples& tenant,
                                                        const query::SampleSelect& select,
                                                        std::vector<RetentionCut> cuts,
                                                        query::QueryContext& context) {
  return std::make_unique<StoredSeriesCursor>(cache, tenant, select, std::move(cuts), context);
}

Result<std::vector<LabelSet>> list_series(SamplePartCache& cache, const TenantSamples& tenant,
                                          const std::vector<query::LabelMatcher>& matchers,
                                          std::int64_t start_ms, std::int64_t end_ms,
                                          SampleCuts& cuts) {
  std::vector<std::string> keys;
  for (const auto& [key, series] : tenant.match(matchers))
    if (tenant.any(*series, std::max(start_ms, cuts.first_ms(key)), end_ms)) keys.push_back(key);
  // A seal that ends while the head is read may have moved series that were not yet looked at: they
  // are in its part, which is opened after that.
  auto view = tenant.view(start_ms, end_ms, 0, cache.database());
  for (const auto& part : view.parts) {
    SamplePartCursor cursor(cache, part, view.snapshot, matchers);
    for (;;) {
      SLUICE_TRY(const bool more, cursor.next());
      if (!more) break;
      if (cuts.first_ms(cursor.key()) <= part->summary.last_ms) keys.push_back(cursor.key());
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<LabelSet> found;
  found.reserve(keys.size());
  for (const std::string& key : keys) {
    auto labels = parse_label_key(key);
    if (!labels) return Error{ErrorCode::corrupt, "the labels of a series do not decode"};
    found.push_back(std::move(*labels));
  }
  return found;
}

}  // namespace sluice::storage
