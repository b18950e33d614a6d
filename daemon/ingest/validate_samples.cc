#include "daemon/ingest/validate_samples.h"

#include <algorithm>

#include "base/types/utf8.h"
#include "daemon/ingest/validate_labels.h"

namespace sluice::ingest {

namespace {

std::optional<LabelProblem> find_name_problem(const std::vector<Label>& sent) {
  std::vector<std::string_view> names;
  for (const auto& label : sent) names.push_back(label.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return std::nullopt;
  return LabelProblem{"duplicate_label", "label \"" + std::string(*twice) + "\" is there twice"};
}

std::optional<LabelProblem> find_series_problem(const LabelSet& labels, const Limits& limits) {
  const std::string_view name = labels.get(metric_name_label);
  if (name.empty()) return LabelProblem{"no_metric_name", "no label __name__"};
  if (!valid_utf8_name(name))
    return LabelProblem{"invalid_metric_name",
                        "invalid metric name \"" + std::string(name.substr(0, 100)) + "\""};
  return find_label_problem(labels, limits.labels_per_series, limits, Names::utf8);
}

struct AcceptedTime {
  AcceptedTime(const Limits& limits, Timestamp now)
      : latest_ms(unix_ms(to_ms(now + limits.future))),
        oldest_ms(limits.oldest.count() > 0 ? unix_ms(to_ms(now - limits.oldest)) : INT64_MIN) {}
  bool has(std::int64_t timestamp_ms) const {
    return oldest_ms <= timestamp_ms && timestamp_ms <= latest_ms;
  }

  std::int64_t latest_ms;
  std::int64_t oldest_ms;
};

// Returns how many were taken out.
template <class Item>
std::size_t drop_outside(std::vector<Item>& items, const AcceptedTime& time) {
  return std::erase_if(items, [&](const Item& item) { return !time.has(item.timestamp_ms); });
}

// What breaks a rule costs its series nothing.
void drop_exemplars(std::vector<Exemplar>& exemplars, const AcceptedTime& time,
                    SkippedExemplars& skipped) {
  skipped.invalid +=
      std::erase_if(exemplars, [](const Exemplar& exemplar) { return !valid_exemplar(exemplar); });
  skipped.out_of_bounds += drop_outside(exemplars, time);
}

}  // namespace

ValidWrite validate_samples(WriteRequest& request, const Limits& limits, Timestamp now,
                            Rejections& rejections) {
  const AcceptedTime time(limits, now);
  ValidWrite valid;
  valid.series.reserve(request.series.size());
  for (auto& written : request.series) {
    auto problem = find_name_problem(written.labels);
    LabelSet labels = LabelSet::from(std::move(written.labels));
    if (!problem) problem = find_series_problem(labels, limits);
    const std::string name = "series " + labels.to_string().substr(0, 500) + ": ";
    if (problem) {
      rejections.add(problem->reason, written.samples.size(), name + problem->text);
      valid.skipped.refused_series += written.exemplars.size();
      continue;
    }
    if (const std::size_t outside = drop_outside(written.samples, time))
      rejections.add("out_of_bounds", outside,
                     name + std::to_string(outside) +
                         " samples are older than what is kept, or in the future");
    if (written.bad_histograms > 0)
      rejections.add("invalid_histogram", written.bad_histograms,
                     name + "native histogram: " + written.histogram_problem);
    drop_exemplars(written.exemplars, time, valid.skipped);
    if (!written.exemplars.empty())
      valid.exemplars.push_back({labels, std::move(written.exemplars)});
    if (!written.samples.empty())
      valid.series.push_back(
          {std::move(labels), std::move(written.samples), std::move(written.histograms)});
  }
  return valid;
}

}  // namespace sluice::ingest
