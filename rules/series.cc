// Stale markers and fingerprints: the small conventions of Prometheus' world.
#include <bit>
#include <cstdio>

#include "rules/evaluate.h"

namespace sluice::rules {

std::vector<SeriesSamples> stale_markers(const std::vector<LabelSet>& series, Timestamp now) {
  std::vector<SeriesSamples> out;
  for (const auto& labels : series) {
    out.push_back({labels, {{unix_ms(to_ms(now)), std::bit_cast<double>(stale_marker_bits)}}});
  }
  return out;
}

std::string fingerprint(const LabelSet& labels) {
  std::uint64_t hash = 14695981039346656037ULL;
  auto add = [&hash](std::string_view text) {
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    hash = (hash ^ 0xffU) * 1099511628211ULL;
  };
  for (const auto& [name, value] : labels) {
    add(name);
    add(value);
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace sluice::rules
