// SeriesCache: what one target exposed before, so that a scrape parses, relabels and checks only
// the series that are new, and knows which are gone.
//
// Keyed by the text that names a series. Which series are live is kept by their final labels,
// because two texts may be one series. Not thread-safe: one scrape of a target at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types/labels.h"
#include "base/types/log_entry.h"

namespace sluice::scrape {

using LabelsPtr = std::shared_ptr<const LabelSet>;

struct CachedSeries {
  LabelsPtr labels;        // null: dropped by relabelling or by a bound
  std::uint64_t hash = 0;  // of the labels
  std::uint64_t last_round = 0;
  std::int64_t last_timestamp_ms = 0;  // of those it brought itself
  std::uint64_t last_exemplar = 0;     // its hash
};

class SeriesCache {
 public:
  std::uint64_t round() const { return round_; }
  std::uint64_t begin_round() { return ++round_; }

  CachedSeries* find(std::string_view text);
  CachedSeries& add(std::string_view text, CachedSeries series);

  // The series seen in this round; `stale` is given each one that was live and is not among them.
  // Texts that were not seen in this round are forgotten.
  void succeed(const std::vector<const CachedSeries*>& seen,
               const std::function<void(const LabelSet&)>& stale);
  // A failed scrape, or the end of the target: everything that was live is stale.
  void fail(const std::function<void(const LabelSet&)>& stale);
  bool live(const LabelSet& labels) const { return live_.contains(labels.hash()); }

  // After a change of the configuration: all texts are parsed anew; what is live stays live.
  void forget_texts() { texts_.clear(); }

  // Notes what is said about a family; true if it is news.
  bool describe(MetricMetadata metadata);
  // Per family; replaced as a whole when it changes, so that others may read it.
  using Descriptions = std::map<std::string, MetricMetadata, std::less<>>;
  std::shared_ptr<const Descriptions> descriptions() const { return descriptions_; }
  std::size_t texts() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Live {
    LabelsPtr labels;
    std::uint64_t round = 0;
  };

  void forget_unseen_texts();

  std::uint64_t round_ = 0;
  std::size_t texts_at_success_ = 0;
  std::unordered_map<std::string, CachedSeries, Hash, std::equal_to<>> texts_;
  std::unordered_map<std::uint64_t, Live> live_;
  std::shared_ptr<Descriptions> descriptions_ = std::make_shared<Descriptions>();
};

}  // namespace sluice::scrape
