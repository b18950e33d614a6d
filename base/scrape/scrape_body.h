// From the body of an answer to samples: parsing, labels, relabelling, limits, staleness. Pure but
// for the cache it is given.
//
// The rules are those of Prometheus' scrape loop: limits and what cannot be read fail the scrape as
// a whole; a series that occurs twice keeps its first sample; series that were there before and are
// not any more end with a stale marker; so do all series when the scrape fails.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scrape/config.h"
#include "base/scrape/exposition.h"
#include "base/scrape/series_cache.h"
#include "base/types/exemplar.h"
#include "base/types/limits.h"
#include "base/types/log_entry.h"

namespace sluice::scrape {

// Bounds that hold whatever a job says. A series beyond the bounds of labels is left out and
// counted, a sample too old or in the future too.
struct Bounds {
  std::size_t body_bytes = 256 << 20;
  // Of one scrape, before relabelling: small samples grow twentyfold in memory. Past it the scrape
  // fails. Also the families it may describe.
  std::size_t samples = 1'000'000;
  std::size_t labels_per_series = Limits{}.labels_per_series;
  std::size_t label_name_bytes = Limits{}.label_name_bytes;
  std::size_t label_value_bytes = Limits{}.label_value_bytes;
  std::chrono::hours oldest = Limits{}.oldest;  // zero takes any age
  std::chrono::minutes future = Limits{}.future;
  std::size_t targets = 20'000;       // of all jobs
  bool type_and_unit_labels = false;  // Limits
};

struct ScrapeTally {
  std::size_t scraped = 0;        // samples in the body
  std::size_t added = 0;          // of them, after relabelling
  std::size_t series_added = 0;   // series not seen before
  std::size_t duplicates = 0;     // of a series that has a sample already; left out
  std::size_t out_of_order = 0;   // with a timestamp before the last one; stored nevertheless
  std::size_t out_of_bounds = 0;  // too old, or in the future
  std::size_t oversized = 0;      // series whose labels exceed the bounds
  std::size_t exemplars = 0;      // against the rules, or their sample was not kept
};

// Which of the job's limits failed the scrape.
enum class ExceededLimit { none, samples, labels };

using Descriptions = std::map<std::string, MetricMetadata, std::less<>>;  // by family

struct ScrapedBody {
  std::vector<SeriesSamples> series;       // stale markers among them
  std::vector<SeriesExemplars> exemplars;  // what is new, in the order of `series`
  Descriptions descriptions;               // all it says about families
  ScrapeTally tally;
  std::optional<Error> error;  // then `series` has stale markers only
  ExceededLimit exceeded = ExceededLimit::none;
};

// What a body is read with.
struct BodyContext {
  const JobConfig& job;
  const Relabeler& metric_relabel;
  const LabelSet& target_labels;
  const Bounds& bounds;
};

ScrapedBody scrape_body(std::string_view body, ExpositionFormat format, std::int64_t now_ms,
                        const BodyContext& context, SeriesCache& cache);
// Of a scrape that brought nothing, or of a target that is gone.
std::vector<SeriesSamples> end_all_series(std::int64_t now_ms, SeriesCache& cache);

// Target labels beside a series' own: the target's win and push the series' aside to exported_NAME,
// or with `honor` the series' win.
LabelSet merge_labels(LabelSet series, const LabelSet& target, bool honor);

// A sample with the value that says the series ended.
SeriesSamples stale_sample(const LabelSet& labels, std::int64_t now_ms);

}  // namespace sluice::scrape
