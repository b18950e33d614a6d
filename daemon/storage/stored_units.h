// StoredUnits: reads the units of a StoredScan, one after another: row groups by GroupScan or from
// their header alone, head batches line by line. One per thread of a query.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "daemon/storage/group_scan.h"
#include "daemon/storage/header_counts.h"
#include "daemon/storage/log_plan.h"
#include "daemon/storage/log_scan.h"
#include "daemon/storage/stream_numbers.h"

namespace sluice::storage {

// What the readers of a scan share. All but the counters and flags behind it stays as it is.
struct ScanPlan {
  LogReading from;
  const LogView view;
  const query::LogSelect select;
  query::QueryContext& context;
  std::vector<std::unique_ptr<PartScan>> scans;
  std::vector<ScanPiece> pieces;
  std::vector<std::size_t> units;  // where in `pieces` each begins, then the end

  // A value of the store that cannot be used: counted, said once, and the query goes on.
  void skip_damage(const Error& error) const;
};

class StoredUnits : public query::LogUnits {
 public:
  // The plan must outlive it.
  explicit StoredUnits(const ScanPlan& plan)
      : plan_(plan),
        select_(plan.select),
        context_(plan.context),
        range_(plan.select.range),
        head_matcher_(select_.matchers) {}
  ~StoredUnits() override { release(); }

  Result<void> open(std::size_t unit) override;
  Result<const query::LogBatch*> next() override;
  void narrow(TimeRange range) override;

 private:
  // Entries of one stream in the head, ascending by time.
  struct RunView {
    const LabelSet* labels = nullptr;
    std::span<const Timestamp> timestamps;
    std::span<const std::string_view> lines;
    std::span<const LabelSet* const> metadata;
  };

  Result<void> open_piece(const ScanPiece& piece);
  Result<void> open_group(PartScan& scan, std::uint32_t number);
  Result<void> select_rows();
  void open_head(const HeadBatch& head);
  bool hidden_in(const PartScan& scan, std::uint32_t number) const;
  Result<PartReading*> reading_of(PartScan& scan);
  Result<bool> fill_from_group();
  Result<bool> fill(const RunView& run);
  Result<RunView> filtered(const RunView& run);
  void count_looked_at(const RunView& run);
  const query::LogBatch* number_stream();
  void count_reads();
  Result<void> account();
  void release();

  const ScanPlan& plan_;
  const query::LogSelect& select_;
  query::QueryContext& context_;
  TimeRange range_;
  HeadMatcher head_matcher_;
  std::unordered_map<const PartScan*, PartReading> readings_;
  std::size_t next_piece_ = 0;
  std::size_t end_piece_ = 0;  // of the open unit
  // Of the open piece:
  std::unique_ptr<GroupScan> group_;
  std::optional<HeaderCounts> counts_;
  std::vector<std::vector<const LabelSet*>> head_metadata_;
  std::vector<RunView> runs_;
  std::size_t next_run_ = 0;
  std::int64_t charged_ = 0;
  RowGroupReads counted_;
  // The batch handed out:
  StreamNumbers numbers_;
  std::vector<Timestamp> timestamps_;
  std::vector<std::string_view> lines_;
  std::vector<const LabelSet*> metadata_;
  query::LogBatch batch_;
};

}  // namespace sluice::storage
