#include <algorithm>

#include "base/scrape/scrape_body.h"

namespace sluice::scrape {

namespace {

// "exported_" before the name until nobody has it. Short names first, so that a series with
// `exported_job` and `job` gives both a place.
void push_aside(LabelSet& labels, std::vector<Label> conflicting) {
  std::stable_sort(conflicting.begin(), conflicting.end(),
                   [](const Label& a, const Label& b) { return a.name.size() < b.name.size(); });
  for (const Label& label : conflicting) {
    std::string name = label.name;
    do {
      name.insert(0, "exported_");
    } while (labels.has(name));
    labels.set(name, label.value);
  }
}

}  // namespace

LabelSet merge_labels(LabelSet series, const LabelSet& target, bool honor) {
  if (honor) {
    for (const Label& label : target)
      if (!series.has(label.name)) series.set(label.name, label.value);
    return series;
  }
  std::vector<Label> conflicting;
  for (const Label& label : target) {
    if (series.has(label.name))
      conflicting.push_back({label.name, std::string(series.get(label.name))});
    series.set(label.name, label.value);
  }
  push_aside(series, std::move(conflicting));
  return series;
}

}  // namespace sluice::scrape
