#include "base/scrape/scrape_body.h"

#include <algorithm>
#include <bit>

#include "base/scrape/protobuf_format.h"
#include "base/scrape/stated_kind.h"

namespace sluice::scrape {

namespace {

std::string excerpt(std::string_view text) {
  return std::string(text.substr(0, 50));
}

Error limit_error(std::string_view limit, const std::string& what) {
  return {ErrorCode::limit_exceeded, std::string(limit) + " exceeded (" + what + ")"};
}

// The words of a job's own limit, so that alerts on them know this one, too.
Error too_many_error(std::string_view what, std::size_t most) {
  return limit_error("sample limit", "more than " + std::to_string(most) + " " + std::string(what) +
                                         " in one scrape");
}

// A job's label limits; what exceeds them fails the scrape.
Result<void> check_label_limits(const LabelSet& labels, const ScrapeLimits& limits) {
  const std::string metric = "metric: " + excerpt(labels.get(metric_name_label));
  const auto beyond = [](std::size_t n, std::uint64_t limit) { return limit > 0 && n > limit; };
  if (beyond(labels.size(), limits.labels))
    return limit_error("label_limit", metric +
                                          ", number of labels: " + std::to_string(labels.size()) +
                                          ", limit: " + std::to_string(limits.labels));
  for (const Label& label : labels) {
    const std::string which = metric + ", label name: " + excerpt(label.name);
    if (beyond(label.name.size(), limits.label_name_length))
      return limit_error("label_name_length_limit",
                         which + ", length: " + std::to_string(label.name.size()) +
                             ", limit: " + std::to_string(limits.label_name_length));
    if (beyond(label.value.size(), limits.label_value_length))
      return limit_error("label_value_length_limit",
                         which + ", value: \"" + excerpt(label.value) +
                             "\", length: " + std::to_string(label.value.size()) +
                             ", limit: " + std::to_string(limits.label_value_length));
  }
  return {};
}

bool within_bounds(const LabelSet& labels, const Bounds& bounds) {
  return labels.size() <= bounds.labels_per_series &&
         std::all_of(labels.begin(), labels.end(), [&](const Label& label) {
           return label.name.size() <= bounds.label_name_bytes &&
                  label.value.size() <= bounds.label_value_bytes;
         });
}

std::uint64_t hash_of(const ExposedExemplar& exemplar) {
  std::uint64_t hash = exemplar.labels.hash();
  for (const std::uint64_t more : {std::bit_cast<std::uint64_t>(exemplar.value),
                                   static_cast<std::uint64_t>(exemplar.timestamp_ms.value_or(-1))})
    hash = (hash ^ more) * 0x9E3779B97F4A7C15ULL;
  return hash;
}

class BodyScrape {
 public:
  BodyScrape(std::int64_t now_ms, const BodyContext& context, SeriesCache& cache)
      : now_ms_(now_ms), context_(context), cache_(cache) {
    const auto ms = [](auto span) {
      return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
    };
    latest_ms_ = now_ms + ms(context.bounds.future);
    if (context.bounds.oldest.count() > 0) oldest_ms_ = now_ms - ms(context.bounds.oldest);
  }

  ScrapedBody run(std::string_view body, ExpositionFormat format) {
    round_ = cache_.begin_round();
    auto read = read_all(body, format);
    if (read && past_sample_limit_)
      read = Error{ErrorCode::limit_exceeded, "sample limit exceeded"};
    if (!read && read.error().code == ErrorCode::limit_exceeded &&
        out_.exceeded == ExceededLimit::none)
      out_.exceeded = ExceededLimit::samples;
    if (read) {
      succeed();
    } else {
      out_.error = read.error();
      out_.series = end_all_series(now_ms_, cache_);
      for (const SeriesExemplars& one : out_.exemplars)
        out_.tally.exemplars += one.exemplars.size();
      out_.exemplars.clear();
    }
    return std::move(out_);
  }

 private:
  Result<void> read_all(std::string_view body, ExpositionFormat format) {
    const JobConfig& job = context_.job;
    if (format == ExpositionFormat::protobuf)
      return read_entries(ProtobufReader(body, {job.native_histograms, job.classic_histograms},
                                         context_.bounds.samples));
    return read_entries(ExpositionReader(body, format));
  }

  template <class Reader>
  Result<void> read_entries(Reader reader) {
    while (true) {
      SLUICE_TRY(ExposedEntry entry, reader.next());
      if (entry.kind == ExposedEntry::Kind::end) return {};
      if (entry.kind == ExposedEntry::Kind::series)
        SLUICE_CHECK(add_sample(entry));
      else
        SLUICE_CHECK(describe(std::move(entry)));
    }
  }

  Result<void> describe(ExposedEntry entry) {
    if (out_.descriptions.size() > context_.bounds.samples)
      return too_many_error("families", context_.bounds.samples);
    MetricMetadata& metadata = out_.descriptions[entry.family];
    if (entry.kind == ExposedEntry::Kind::type)
      metadata.type = std::move(entry.text);
    else if (entry.kind == ExposedEntry::Kind::help)
      metadata.help = std::move(entry.text);
    else
      metadata.unit = std::move(entry.text);
    return {};
  }

  Result<void> add_sample(const ExposedEntry& entry) {
    if (++out_.tally.scraped > context_.bounds.samples)
      return too_many_error("samples", context_.bounds.samples);
    out_.tally.exemplars += entry.exemplars.size();  // until they are kept
    StatedKind kind;
    if (context_.bounds.type_and_unit_labels) kind = stated_kind(out_.descriptions, entry.series);
    CachedText* text = cache_.find(entry.series);
    const bool known = text != nullptr && text->kind == kind.hash();
    if (!known) {
      SLUICE_TRY(text, resolve(entry.series, kind));
      text->kind = kind.hash();
    }
    text->last_round = round_;
    if (text->series == nullptr) return {};
    ++out_.tally.added;
    const std::uint64_t limit = context_.job.limits.samples;
    if (limit > 0 && out_.tally.added > limit) past_sample_limit_ = true;
    if (!past_sample_limit_ && add_to(*text->series, entry) && !known) ++out_.tally.series_added;
    return {};
  }

  // False: it is a duplicate, by its text or by what relabelling made of it.
  bool add_to(KnownSeries& series, const ExposedEntry& entry) {
    const auto timestamp =
        context_.job.honor_timestamps ? entry.timestamp_ms : std::optional<std::int64_t>{};
    const std::int64_t at_ms = timestamp.value_or(now_ms_);
    const bool again = series.sample_round == round_;
    if (again && (!timestamp || at_ms == series.sample_ms)) {
      ++out_.tally.duplicates;
      return false;
    }
    if (!in_bounds(series, timestamp)) return true;
    series.sample_round = round_;
    series.sample_ms = at_ms;
    // What is not kept is not live either: no marker may end what never began.
    if (!timestamp || context_.job.track_timestamps_staleness) seen_.push_back(&series);
    keep(series, at_ms, entry);
    if (!entry.exemplars.empty()) keep_exemplars(series, at_ms, entry);
    return true;
  }

  // A timestamp that the series brings itself may be anything.
  bool in_bounds(KnownSeries& series, const std::optional<std::int64_t>& timestamp) {
    if (!timestamp) return true;
    if (*timestamp > latest_ms_ || *timestamp < oldest_ms_) {
      ++out_.tally.out_of_bounds;
      return false;
    }
    if (*timestamp < series.last_timestamp_ms) ++out_.tally.out_of_order;
    series.last_timestamp_ms = std::max(series.last_timestamp_ms, *timestamp);
    return true;
  }

  void keep(const KnownSeries& series, std::int64_t timestamp_ms, const ExposedEntry& entry) {
    SeriesSamples& kept = out_.series.emplace_back();
    kept.labels = series.labels;
    const double value =
        entry.histogram ? add_histogram(kept.histograms, entry.histogram) : entry.value;
    kept.samples.push_back({timestamp_ms, value});
  }

  // Targets show an exemplar until there is another one: it is kept once. One without a time has
  // its sample's; not so those of native histograms, which would come again with every scrape.
  void keep_exemplars(KnownSeries& series, std::int64_t sample_ms, const ExposedEntry& entry) {
    SeriesExemplars kept{series.labels, {}};
    for (const ExposedExemplar& exposed : entry.exemplars) {
      const std::uint64_t hash = hash_of(exposed);
      const bool repeated = !entry.histogram && hash == series.last_exemplar;
      if (!repeated && !add_exemplar(exposed, sample_ms, entry.histogram != nullptr, kept))
        continue;
      if (!repeated) series.exemplar_round = round_;
      series.last_exemplar = hash;
      --out_.tally.exemplars;
    }
    if (!kept.exemplars.empty()) out_.exemplars.push_back(std::move(kept));
  }

  bool add_exemplar(const ExposedExemplar& exposed, std::int64_t sample_ms, bool needs_time,
                    SeriesExemplars& kept) const {
    if (needs_time && !exposed.timestamp_ms) return false;
    Exemplar exemplar{exposed.labels, exposed.value, exposed.timestamp_ms.value_or(sample_ms)};
    const bool in_time = oldest_ms_ <= exemplar.timestamp_ms && exemplar.timestamp_ms <= latest_ms_;
    if (!in_time || !valid_exemplar(exemplar)) return false;
    kept.exemplars.push_back(std::move(exemplar));
    return true;
  }

  // What a text that was not seen before stands for.
  Result<CachedText*> resolve(std::string_view text, const StatedKind& kind) {
    SLUICE_TRY(auto parsed, parse_series(text));
    LabelSet labels = LabelSet::from(std::move(parsed));
    kind.add_to(labels);
    labels = merge_labels(std::move(labels), context_.target_labels, context_.job.honor_labels);
    if (!context_.metric_relabel.apply(labels) || labels.empty()) return &cache_.add(text, nullptr);
    if (!labels.has(metric_name_label))
      return invalid_argument("missing metric name (__name__ label)");
    if (!valid_series_labels(context_.job.names, labels))
      return invalid_argument("invalid metric name or label names: " + labels.to_string());
    if (auto within = check_label_limits(labels, context_.job.limits); !within) {
      out_.exceeded = ExceededLimit::labels;
      return std::move(within).error();
    }
    if (within_bounds(labels, context_.bounds))
      return &cache_.add(text, cache_.series_of(std::move(labels)));
    ++out_.tally.oversized;
    return &cache_.add(text, nullptr);
  }

  void succeed() {
    cache_.succeed(seen_, [this](const LabelSet& labels) {
      out_.series.push_back(stale_sample(labels, now_ms_));
    });
    for (auto& [family, metadata] : out_.descriptions) {
      metadata.family = family;
      if (metadata.type.empty()) metadata.type = "unknown";
    }
  }

  const std::int64_t now_ms_;
  const BodyContext& context_;
  SeriesCache& cache_;
  std::int64_t latest_ms_ = 0;
  std::int64_t oldest_ms_ = INT64_MIN;
  std::uint64_t round_ = 0;
  bool past_sample_limit_ = false;
  std::vector<KnownSeries*> seen_;
  ScrapedBody out_;
};

}  // namespace

SeriesSamples stale_sample(const LabelSet& labels, std::int64_t now_ms) {
  return {labels, {{now_ms, std::bit_cast<double>(stale_marker_bits)}}};
}

std::vector<SeriesSamples> end_all_series(std::int64_t now_ms, SeriesCache& cache) {
  std::vector<SeriesSamples> ended;
  cache.fail([&](const LabelSet& labels) { ended.push_back(stale_sample(labels, now_ms)); });
  return ended;
}

ScrapedBody scrape_body(std::string_view body, ExpositionFormat format, std::int64_t now_ms,
                        const BodyContext& context, SeriesCache& cache) {
  return BodyScrape(now_ms, context, cache).run(body, format);
}

}  // namespace sluice::scrape
