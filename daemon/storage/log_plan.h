// LogPlan: what a query over a LogView has to read. Made once; the cursor adds to it what it finds
// out about a part on the way.
#pragma once

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
  std::vector<char> wanted;  // per stream
  // Set when the first of its row groups is opened:
  std::shared_ptr<const TemplateList> templates;
  std::optional<LineSearch> search;  // if there are filters
  std::optional<FieldMap> fields;    // if there is a parser
  bool unreadable = false;           // has been told; its other row groups are skipped
};

// A row group (scan set) or a head batch (head set): the least that is read at once.
struct ScanUnit {
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

// Calls on_damage for parts whose directory cannot be read; they are left out.
using OnDamage = std::function<void(const Error&)>;

std::vector<std::unique_ptr<PartScan>> plan_parts(PartCache& cache, const LogView& view,
                                                  const std::vector<query::LabelMatcher>& matchers,
                                                  TimeRange range, const OnDamage& on_damage);

// Sorted for the direction: newest `last` first, or oldest `first` first. Counts row groups that
// are left out.
std::vector<ScanUnit> plan_units(const std::vector<std::unique_ptr<PartScan>>& scans,
                                 const LogView& view, HeadMatcher& head_matcher, TimeRange range,
                                 query::Direction direction, query::QueryStats& stats);

}  // namespace sluice::storage
