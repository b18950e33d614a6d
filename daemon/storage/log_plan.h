// LogPlan: what a query over a LogView has to read. Made once, then shared by the readers of the
// scan; what a reader makes of a part on the way is its own (PartReading).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "daemon/storage/columns/line_search.h"
#include "daemon/storage/field_names.h"
#include "daemon/storage/part_cache.h"
#include "daemon/storage/tenant_logs.h"
#include "query/source.h"

namespace sluice::storage {

// One part with its streams judged.
struct PartScan {
  PartPtr part;
  std::shared_ptr<const PartDirectory> directory;
  std::vector<char> wanted;              // per stream
  std::atomic<bool> unreadable = false;  // has been told; its other row groups are skipped
};

// What one reader makes of a part when it opens the first of its row groups.
struct PartReading {
  PartScan& scan;
  std::shared_ptr<const TemplateList> templates;
  std::optional<LineSearch> search;  // if there are filters
  std::optional<FieldMap> fields;    // if there is a parser
};

// A row group (scan set) or a head batch (head set): the least that is read at once.
struct ScanPiece {
  Timestamp first = Timestamp::max();  // of the wanted runs
  Timestamp last = Timestamp::min();
  PartScan* scan = nullptr;
  std::uint32_t group = 0;
  const HeadBatch* head = nullptr;
};

// Matches head streams, which are interned, once each.
class HeadMatcher {
 public:
  explicit HeadMatcher(const std::vector<query::LabelMatcher>& matchers) : matchers_(matchers) {}
  bool wants(const LabelSet& interned);

 private:
  const std::vector<query::LabelMatcher>& matchers_;
  std::unordered_map<const LabelSet*, bool> known_;
};

// Calls on_damage for parts whose directory cannot be read; they are left out. `bytes_read`, unless
// null, counts what was not known yet.
using OnDamage = std::function<void(const Error&)>;

std::vector<std::unique_ptr<PartScan>> plan_parts(PartCache& cache, const LogView& view,
                                                  const std::vector<query::LabelMatcher>& matchers,
                                                  TimeRange range, const OnDamage& on_damage,
                                                  BytesRead* bytes_read = nullptr);

// Sorted for the direction: newest `last` first, or oldest `first` first. Counts row groups that
// are left out.
std::vector<ScanPiece> plan_pieces(const std::vector<std::unique_ptr<PartScan>>& scans,
                                   const LogView& view, HeadMatcher& head_matcher, TimeRange range,
                                   query::Direction direction, query::QueryStats& stats);

// Cuts the pieces into units that are worth a thread's while: a row group each, head batches, which
// may be tiny, as many as follow on one another, up to a size. Where each unit begins, then the
// end.
std::vector<std::size_t> cut_units(const std::vector<ScanPiece>& pieces);

}  // namespace sluice::storage
