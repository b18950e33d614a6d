#include "daemon/api/loki/stream_sizes.h"

#include <algorithm>

namespace sluice::api::loki {

namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::minutes;

// Minutes are open on the left: (k * 60s, (k + 1) * 60s].
constexpr Duration past_minute{1};

Result<void> add_sizes(query::LogCursor& cursor, StreamSizes& sizes) {
  while (true) {
    SLUICE_TRY(const query::LogBatch* batch, cursor.next());
    if (batch == nullptr) return {};
    StreamSize& size = sizes.streams[*batch->labels];
    for (const auto rows : batch->counts) size.entries += rows;
    if (batch->counts.empty()) size.entries += batch->size();
    for (const auto bytes : batch->sizes) size.bytes += bytes;
    if (batch->sizes.empty())
      for (const auto line : batch->lines) size.bytes += line.size();
  }
}

class Measure {
 public:
  Measure(query::LogSource& logs, query::LogSelect select, query::QueryContext& context)
      : logs_(logs), select_(std::move(select)), context_(context) {}

  // `whole`: the range is of whole minutes.
  Result<void> add(TimeRange range, bool whole, StreamSizes& sizes) {
    if (range.start >= range.end) return {};
    select_.range = range;
    select_.projection.coalesce = whole ? Duration{minutes{1}} : Duration{0};
    SLUICE_TRY(auto cursor, logs_.select(select_, context_));
    return add_sizes(*cursor, sizes);
  }

 private:
  query::LogSource& logs_;
  query::LogSelect select_;
  query::QueryContext& context_;
};

}  // namespace

StreamSize StreamSizes::total() const {
  StreamSize all;
  for (const auto& [labels, size] : streams) {
    all.entries += size.entries;
    all.bytes += size.bytes;
  }
  return all;
}

Result<StreamSizes> measure_streams(query::LogSource& logs, const TenantId& tenant,
                                    const std::vector<query::LabelMatcher>& matchers,
                                    TimeRange range, query::QueryContext& context) {
  query::LogSelect select{tenant, matchers, range, {}, query::Direction::forward};
  select.projection.lines = query::LogProjection::Lines::none;
  select.projection.sizes = true;
  select.projection.metadata.emplace();
  const Timestamp first = ceil<minutes>(range.start - past_minute) + past_minute;
  const Timestamp last = floor<minutes>(range.end - past_minute) + past_minute;
  Measure measure(logs, std::move(select), context);
  StreamSizes sizes;
  if (first >= last) {
    SLUICE_CHECK(measure.add(range, false, sizes));
  } else {
    SLUICE_CHECK(measure.add({range.start, first}, false, sizes));
    SLUICE_CHECK(measure.add({first, last}, true, sizes));
    SLUICE_CHECK(measure.add({last, range.end}, false, sizes));
  }
  sizes.batches = context.stats().batches;
  return sizes;
}

}  // namespace sluice::api::loki
