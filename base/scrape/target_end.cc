#include "base/scrape/target_end.h"

#include <algorithm>
#include <set>

#include "base/scrape/report.h"

namespace sluice::scrape {

namespace {

using Loops = std::vector<std::shared_ptr<TargetLoop>>;

struct Leftover {
  std::vector<SeriesPtr> series;
  LabelSet settled;
};

std::vector<Leftover> take_leftovers(const std::vector<EndedTarget>& ended) {
  std::vector<Leftover> out;
  for (const auto& [loop, at] : ended) out.push_back({loop->take_live(), loop->settled_labels()});
  return out;
}

// What of it ends: all of them, without what others go on with.
SeriesSet find_ending(const std::vector<Leftover>& leftovers, const Loops& others) {
  SeriesSet ending;
  for (const Leftover& left : leftovers) ending.insert(left.series.begin(), left.series.end());
  for (const auto& other : others) {
    if (ending.empty()) break;
    const LabelSet settled = other->settled_labels();
    const bool apart = std::all_of(leftovers.begin(), leftovers.end(), [&](const Leftover& left) {
      return left.series.empty() || labels_conflict(left.settled, settled);
    });
    if (!apart) other->strike_live(ending);
  }
  return ending;
}

// Does the rule change no label of this name?
bool spares(const RelabelRule& rule, std::string_view name) {
  switch (rule.action) {
    case RelabelAction::keep:
    case RelabelAction::drop:
    case RelabelAction::keepequal:
    case RelabelAction::dropequal: return true;
    case RelabelAction::replace:
    case RelabelAction::hashmod:
    case RelabelAction::lowercase:
    case RelabelAction::uppercase:
      return rule.target_label != name && rule.target_label.find('$') == std::string::npos;
    case RelabelAction::labelmap:
    case RelabelAction::labeldrop:
    case RelabelAction::labelkeep: return false;
  }
  return false;
}

}  // namespace

LabelSet settled_labels(const JobConfig& job, const LabelSet& target) {
  std::vector<Label> settled;
  if (job.honor_labels) return {};
  for (const Label& label : target)
    if (std::all_of(job.metric_relabel.begin(), job.metric_relabel.end(),
                    [&](const RelabelRule& rule) { return spares(rule, label.name); }))
      settled.push_back(label);
  return LabelSet::from(std::move(settled));
}

bool labels_conflict(const LabelSet& a, const LabelSet& b) {
  return std::any_of(a.begin(), a.end(), [&](const Label& label) {
    return b.has(label.name) && b.get(label.name) != label.value;
  });
}

void end_together(const std::vector<EndedTarget>& ended, const Loops& others,
                  const std::function<void(ScrapeWrite)>& write) {
  const auto leftovers = take_leftovers(ended);
  const SeriesSet ending = find_ending(leftovers, others);
  std::set<LabelSet> labels_of_others;
  for (const auto& other : others) labels_of_others.insert(other->target()->labels);
  for (std::size_t i = 0; i < ended.size(); ++i) {
    const std::int64_t at_ms = unix_ms(to_ms(ended[i].at));
    const auto target = ended[i].loop->target();
    ScrapeWrite end;
    for (const SeriesPtr& series : leftovers[i].series)
      if (ending.contains(series)) end.series.push_back(stale_sample(series->labels, at_ms));
    if (!labels_of_others.contains(target->labels))
      append_report_end(target->labels, at_ms, end.series);
    write(std::move(end));
  }
}

}  // namespace sluice::scrape
