// SeriesCache: what one target exposed before, so that a scrape parses, relabels and checks only
// the series that are new, and knows which are gone.
//
// Texts name series; several texts may name one, by another order of labels or because relabelling
// took away what told them apart. Not thread-safe: one scrape of a target at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/types/labels.h"

namespace sluice::scrape {

struct KnownSeries {
  explicit KnownSeries(LabelSet l) : labels(std::move(l)), hash(labels.hash()) {}
  const LabelSet labels;
  const std::uint64_t hash;
  std::uint64_t sample_round = 0;      // the last one of which a sample was kept
  std::int64_t sample_ms = 0;          // the time of that sample
  std::uint64_t live_round = 0;        // the last successful one it was live in; 0: it is not live
  std::int64_t last_timestamp_ms = 0;  // of those it brought itself
  std::uint64_t last_exemplar = 0;     // its hash
  std::uint64_t exemplar_round = 0;    // in which it was kept
};
using SeriesPtr = std::shared_ptr<KnownSeries>;

struct HashSeries {
  using is_transparent = void;
  std::size_t operator()(const SeriesPtr& series) const { return series->hash; }
  std::size_t operator()(const LabelSet& labels) const { return labels.hash(); }
};
struct SameSeries {
  using is_transparent = void;
  static const LabelSet& labels_of(const SeriesPtr& series) { return series->labels; }
  static const LabelSet& labels_of(const LabelSet& labels) { return labels; }
  bool operator()(const auto& a, const auto& b) const { return labels_of(a) == labels_of(b); }
};
using SeriesSet = std::unordered_set<SeriesPtr, HashSeries, SameSeries>;

struct CachedText {
  SeriesPtr series;  // null: dropped by relabelling or by a bound
  std::uint64_t last_round = 0;
  std::uint64_t kind = 0;  // StatedKind::hash() of what its labels were made with
};

class SeriesCache {
 public:
  std::uint64_t round() const { return round_; }
  std::uint64_t begin_round() { return ++round_; }

  CachedText* find(std::string_view text);
  CachedText& add(std::string_view text, SeriesPtr series);
  // The series of these labels, made if nobody knows it.
  SeriesPtr series_of(LabelSet labels);

  // The series seen in this round; `stale` is given each one that was live and is not among them.
  // Texts that were not seen in this round are forgotten.
  void succeed(const std::vector<KnownSeries*>& seen,
               const std::function<void(const LabelSet&)>& stale);
  // A failed scrape: everything that was live is stale.
  void fail(const std::function<void(const LabelSet&)>& stale);
  // The exemplars kept in this round were not stored: they are news once more.
  void forget_exemplars();
  // The end of the target: gives what was live.
  std::vector<SeriesPtr> take_live();
  // Takes out of `others` what is live here. Costs as much as the smaller of both.
  void strike_live(SeriesSet& others) const;

  // After a change of the configuration: all texts are parsed anew; what is live stays live.
  void forget_texts() { texts_.clear(); }
  std::size_t texts() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  void forget_unseen_texts();
  void forget_unnamed_series();

  std::uint64_t round_ = 0;
  std::size_t texts_at_success_ = 0;
  std::unordered_map<std::string, CachedText, Hash, std::equal_to<>> texts_;
  SeriesSet series_;  // live, or named by a text
};

}  // namespace sluice::scrape
