#include "base/scrape/stated_kind.h"

#include <algorithm>
#include <array>

namespace sluice::scrape {

namespace {

struct FamilySuffix {
  std::string_view text;
  std::array<std::string_view, 4> types;  // whose series have it
};
constexpr FamilySuffix family_suffixes[] = {
    {"_total", {"counter"}},
    {"_created", {"counter", "histogram", "summary"}},
    {"_bucket", {"histogram", "gaugehistogram"}},
    {"_count", {"histogram", "gaugehistogram", "summary"}},
    {"_sum", {"histogram", "gaugehistogram", "summary"}},
    {"_gcount", {"gaugehistogram"}},
    {"_gsum", {"gaugehistogram"}},
    {"_info", {"info"}},
};

std::string name_of(std::string_view series) {
  if (!series.starts_with('{')) {
    const auto name = series.substr(0, series.find('{'));
    return std::string(name.substr(0, name.find_last_not_of(" \t") + 1));
  }
  const auto parsed = parse_series(series);
  if (!parsed) return {};
  const auto name = std::find_if(parsed->begin(), parsed->end(), [](const Label& label) {
    return label.name == metric_name_label;
  });
  return name == parsed->end() ? std::string() : name->value;
}

const MetricMetadata* find_family(const Descriptions& descriptions, std::string_view name) {
  if (const auto found = descriptions.find(name); found != descriptions.end())
    return &found->second;
  for (const FamilySuffix& suffix : family_suffixes) {
    if (!name.ends_with(suffix.text)) continue;
    const auto found = descriptions.find(name.substr(0, name.size() - suffix.text.size()));
    if (found == descriptions.end() || found->second.type.empty()) continue;
    if (std::find(suffix.types.begin(), suffix.types.end(), found->second.type) !=
        suffix.types.end())
      return &found->second;
  }
  return nullptr;
}

}  // namespace

std::uint64_t StatedKind::hash() const {
  if (type.empty() && unit.empty()) return 0;
  const std::hash<std::string_view> hash;
  return (hash(type) * 0x9E3779B97F4A7C15ULL ^ hash(unit)) | 1;
}

void StatedKind::add_to(LabelSet& labels) const {
  if (!type.empty()) labels.set(metric_type_label, type);
  if (!unit.empty()) labels.set(metric_unit_label, unit);
}

StatedKind stated_kind(const Descriptions& descriptions, std::string_view series) {
  const MetricMetadata* family = find_family(descriptions, name_of(series));
  if (!family) return {};
  return {family->type == "unknown" ? std::string_view() : family->type, family->unit};
}

}  // namespace sluice::scrape
