#include "daemon/storage/series_cursor.h"

#include <algorithm>
#include <optional>

#include "daemon/storage/part_sources.h"

namespace sluice::storage {

namespace {

// Fewer are read before another thread has begun.
constexpr std::size_t series_per_part_least = 500;

// What matches in the head, in the order of keys, shared by the parts of a cursor. Charged to the
// query as long as one of them lives.
class HeadMatch {
 public:
  explicit HeadMatch(query::QueryContext& context) : context_(context) {}
  ~HeadMatch() { static_cast<void>(context_.charge(-charged_)); }  // giving back cannot fail
  HeadMatch(const HeadMatch&) = delete;
  HeadMatch& operator=(const HeadMatch&) = delete;

  Result<void> find(const TenantSamples& tenant, const std::vector<query::LabelMatcher>& matchers) {
    series_ = tenant.match(matchers);
    for (const auto& one : series_)
      charged_ += static_cast<std::int64_t>(sizeof(one) + one.key.size());
    return context_.charge(charged_);
  }
  const std::vector<SeriesIndex::Matched>& series() const { return series_; }

 private:
  query::QueryContext& context_;
  std::vector<SeriesIndex::Matched> series_;
  std::int64_t charged_ = 0;
};

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
    if (!match()) return cursors;  // next() tells the error
    parts = std::min(parts, head_->series().size() / series_per_part_least);
    if (parts < 2) return cursors;
    for (std::size_t i = 0; i < parts; ++i) cursors.push_back(part(i, parts));
    at_end_ = true;
    return cursors;
  }

 private:
  std::unique_ptr<StoredSeriesCursor> part(std::size_t index, std::size_t parts) const {
    const auto& series = head_->series();
    const auto at = [&](std::size_t i) { return series.size() * i / parts; };
    auto cursor = std::make_unique<StoredSeriesCursor>(cache_, tenant_, select_, rules_, context_);
    cursor->head_ = head_;
    cursor->next_ = at(index);
    cursor->end_ = at(index + 1);
    if (index > 0) cursor->from_ = series[at(index)].key;
    if (index + 1 < parts) cursor->to_ = series[at(index + 1)].key;
    return cursor;
  }
  Result<void> match() {
    if (head_) return {};
    auto head = std::make_shared<HeadMatch>(context_);
    SLUICE_CHECK(head->find(tenant_, select_.matchers));
    end_ = head->series().size();
    head_ = std::move(head);
    return {};
  }
  // The head first: what a seal moves from there meanwhile is in the view.
  Result<void> open() {
    SLUICE_CHECK(match());
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
    if (parts_.damaged()) context_.warn(damaged_samples_warning);
  }
  const std::string* least() const {
    const std::string* part = parts_.least();
    if (next_ == end_) return part;
    const std::string* head = &head_->series()[next_].key;
    return part && *part < *head ? part : head;
  }
  Result<SampleRun> read(const std::string& key) {
    std::optional<SampleRun> unsealed = SampleRun();
    const std::int64_t start_ms = std::max(select_.start_ms, cuts_.first_ms(key));
    if (next_ < end_ && head_->series()[next_].key == key) {
      const HeadSeriesPtr& series = head_->series()[next_].series;
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
  bool opened_ = false;
  bool at_end_ = false;  // its parts read instead
  std::uint64_t generation_ = 0;
  std::shared_ptr<const HeadMatch> head_;
  std::size_t next_ = 0;  // of head_, up to end_
  std::size_t end_ = 0;
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

namespace {

// The keys of series with samples in the range, in no order and perhaps twice.
class SeriesKeys {
 public:
  SeriesKeys(const query::SampleSelect& select, SampleCuts& cuts, query::QueryContext& context)
      : select_(select), cuts_(cuts), context_(context) {}

  Result<void> add_head(const TenantSamples& tenant) {
    HeadMatch head(context_);
    SLUICE_CHECK(head.find(tenant, select_.matchers));
    for (const auto& [key, series] : head.series())
      if (tenant.any(*series, std::max(select_.start_ms, cuts_.first_ms(key)), select_.end_ms))
        SLUICE_CHECK(add(key));
    return {};
  }
  Result<void> add_part(SamplePartCache& cache, const SamplePartPtr& part,
                        const std::shared_ptr<const Snapshot>& snapshot) {
    SamplePartCursor cursor(cache, part, snapshot, select_.matchers);
    for (;;) {
      SLUICE_TRY(const bool more, cursor.next());
      if (cursor.damaged()) context_.warn(damaged_samples_warning);
      if (!more) return {};
      if (cuts_.first_ms(cursor.key()) <= part->summary.last_ms) SLUICE_CHECK(add(cursor.key()));
    }
  }
  // In order, each once.
  std::vector<std::string> take() {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    return std::move(keys_);
  }

 private:
  Result<void> add(const std::string& key) {
    if (keys_.size() % series_between_checks == 0) SLUICE_CHECK(context_.check());
    keys_.push_back(key);
    return context_.charge(static_cast<std::int64_t>(sizeof(key) + key.size()));
  }

  static constexpr std::size_t series_between_checks = 1024;
  const query::SampleSelect& select_;
  SampleCuts& cuts_;
  query::QueryContext& context_;
  std::vector<std::string> keys_;
};

Result<LabelSet> labels_of(const std::string& key, query::QueryContext& context) {
  auto labels = parse_label_key(key);
  if (!labels) return Error{ErrorCode::corrupt, "the labels of a series do not decode"};
  SLUICE_CHECK(context.charge(
      static_cast<std::int64_t>(sizeof(LabelSet) + labels->size() * sizeof(Label) + key.size())));
  return std::move(*labels);
}

}  // namespace

Result<std::vector<LabelSet>> list_series(SamplePartCache& cache, const TenantSamples& tenant,
                                          const query::SampleSelect& select, SampleCuts& cuts,
                                          query::QueryContext& context) {
  SeriesKeys keys(select, cuts, context);
  SLUICE_CHECK(keys.add_head(tenant));
  // A seal that ends while the head is read may have moved series that were not yet looked at: they
  // are in its part, which is opened after that.
  const auto view = tenant.view(select.start_ms, select.end_ms, 0, cache.database());
  for (const auto& part : view.parts) SLUICE_CHECK(keys.add_part(cache, part, view.snapshot));
  std::vector<LabelSet> found;
  for (const std::string& key : keys.take()) {
    SLUICE_TRY(auto labels, labels_of(key, context));
    found.push_back(std::move(labels));
  }
  return found;
}

}  // namespace sluice::storage
