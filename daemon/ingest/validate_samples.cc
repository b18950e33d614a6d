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

// Samples outside the accepted time; returns how many were taken out.
std::size_t drop_outside(std::vector<Sample>& samples, const Limits& limits, Timestamp now) {
  const std::int64_t latest = unix_ms(to_ms(now + limits.future));
  const std::int64_t oldest =
      limits.oldest.count() > 0 ? unix_ms(to_ms(now - limits.oldest)) : INT64_MIN;
  return std::erase_if(samples, [&](const Sample& sample) {
    return sample.timestamp_ms < oldest || sample.timestamp_ms > latest;
  });
}

// OpenMetrics bounds an exemplar's labels; one that breaks the bound costs its series nothing.
constexpr std::size_t exemplar_characters_max = 128;

bool bad_exemplar(const Exemplar& exemplar) {
  std::size_t characters = 0;
  for (const Label& label : exemplar.labels) {
    if (!valid_utf8_name(label.name) || !valid_utf8(label.value)) return true;
    for (const char c : label.name + label.value) characters += (c & 0xC0) != 0x80;
  }
  return characters > exemplar_characters_max;
}

std::size_t drop_bad_exemplars(std::vector<Exemplar>& exemplars) {
  return std::erase_if(exemplars, bad_exemplar);
}

}  // namespace

ValidWrite validate_samples(WriteRequest& request, const Limits& limits, Timestamp now,
                            Rejections& rejections) {
  ValidWrite valid;
  valid.series.reserve(request.series.size());
  for (auto& written : request.series) {
    auto problem = find_name_problem(written.labels);
    LabelSet labels = LabelSet::from(std::move(written.labels));
    if (!problem) problem = find_series_problem(labels, limits);
    const std::string name = "series " + labels.to_string().substr(0, 500) + ": ";
    if (problem) {
      rejections.add(problem->reason, written.samples.size(), name + problem->text);
      valid.skipped_exemplars += written.exemplars.size();
      continue;
    }
    if (const std::size_t outside = drop_outside(written.samples, limits, now))
      rejections.add("out_of_bounds", outside,
                     name + std::to_string(outside) +
                         " samples are older than what is kept, or in the future");
    if (written.bad_histograms > 0)
      rejections.add("invalid_histogram", written.bad_histograms,
                     name + "native histogram: " + written.histogram_problem);
    valid.skipped_exemplars += drop_bad_exemplars(written.exemplars);
    if (!written.exemplars.empty())
      valid.exemplars.push_back({labels, std::move(written.exemplars)});
    if (!written.samples.empty())
      valid.series.push_back(
          {std::move(labels), std::move(written.samples), std::move(written.histograms)});
  }
  return valid;
}

}  // namespace sluice::ingest
