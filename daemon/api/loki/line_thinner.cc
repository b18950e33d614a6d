#include "daemon/api/loki/line_thinner.h"

#include <algorithm>
#include <vector>

namespace sluice::api::loki {

namespace {

struct Place {
  Timestamp timestamp;
  std::size_t stream, entry;
};

std::vector<Place> places_in_order(const query::Streams& streams, query::Direction direction) {
  std::vector<Place> places;
  for (std::size_t s = 0; s < streams.size(); ++s)
    for (std::size_t e = 0; e < streams[s].entries.size(); ++e)
      places.push_back({streams[s].entries[e].timestamp, s, e});
  std::stable_sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    return direction == query::Direction::backward ? a.timestamp > b.timestamp
                                                   : a.timestamp < b.timestamp;
  });
  return places;
}

}  // namespace

bool LineThinner::take(Timestamp timestamp) {
  const Duration gap = last_ ? std::chrono::abs(timestamp - *last_) : interval_;
  if (gap < interval_ || left_ == 0) return false;
  last_ = timestamp;
  --left_;
  return true;
}

query::Streams LineThinner::operator()(query::Streams streams) {
  query::Streams kept(streams.size());
  for (const auto& [timestamp, s, e] : places_in_order(streams, direction_))
    if (take(timestamp)) kept[s].entries.push_back(std::move(streams[s].entries[e]));
  for (std::size_t s = 0; s < streams.size(); ++s) {
    kept[s].labels = std::move(streams[s].labels);
    kept[s].metadata = std::move(streams[s].metadata);
    kept[s].parsed = std::move(streams[s].parsed);
  }
  std::erase_if(kept, [](const query::LogStream& stream) { return stream.entries.empty(); });
  return kept;
}

}  // namespace sluice::api::loki
