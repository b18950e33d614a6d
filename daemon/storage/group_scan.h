// GroupScan: the entries of one row group that a query wants, handed out in batches, the newest (or
// oldest) of all runs first, so that a reader with a limit can stop early.
//
// Which rows are wanted is decided without lines wherever LineSearch can; lines and metadata are
// rebuilt batch by batch, for the rows of the batch alone, and if the projection looks at them.
// Used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/storage/columns/line_search.h"
#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/field_filter.h"
#include "daemon/storage/field_reader.h"
#include "daemon/storage/interval_counts.h"
#include "daemon/storage/log_plan.h"
#include "daemon/storage/rough_times.h"
#include "daemon/storage/shape_reader.h"
#include "daemon/storage/tombstones.h"
#include "query/source.h"

namespace sluice::storage {

// Why a row group need not be read.
enum class Skip : std::uint8_t { no, by_template, by_filter, by_header };

class GroupScan {
 public:
  // `part` and `select` must outlive it; `unit` is a number, not 0, that no other row group of the
  // query has. Error(corrupt): rows and directory do not fit.
  static Result<std::unique_ptr<GroupScan>> open(std::unique_ptr<RowGroupReader> reader,
                                                 PartReading& part, std::uint32_t group,
                                                 const query::LogSelect& select,
                                                 std::uint64_t unit);

  // Anything but `no`: known without a chunk that no row is wanted.
  Skip may_match() const;

  // Decides which rows are wanted; `tombstones` may be null: nothing is deleted. Once, before
  // next(). Error(cancelled, timeout) as the context says.
  Result<void> select(TimeRange range, const Tombstones* tombstones, query::QueryContext& context);
  // The next batch, of rows within `range`, without its stream's number; valid until the next call.
  // False at the end.
  Result<bool> next(TimeRange range, query::LogBatch& batch);
  std::size_t memory_bytes() const;
  const RowGroupReader& reader() const { return *reader_; }

 private:
  // Lines of the batch, one by one.
  class Loader : public query::LineLoader {
   public:
    explicit Loader(RowGroupReader& reader) : reader_(reader) {}
    Result<std::string_view> line(std::size_t row) override;
    std::span<const std::uint32_t> rows;

   private:
    RowGroupReader& reader_;
    std::string line_;
  };
  // What is left of a run: rows_[begin, end).
  struct Piece {
    const LabelSet* labels = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct RowRange {
    const LabelSet* labels;
    std::size_t run;
    std::size_t begin;
    std::size_t end;
    const std::vector<Tombstone>* hidden;  // null: nothing of it
  };

  GroupScan(std::unique_ptr<RowGroupReader> reader, PartReading& part, std::uint32_t group,
            const query::LogSelect& select, std::uint64_t unit);
  bool may_match(Evidence evidence) const;
  Result<void> apply_filters(RowSet& wanted, query::QueryContext& context);
  Result<std::vector<RowRange>> wanted_ranges(TimeRange range, const Tombstones* tombstones);
  Result<void> take_out_hidden(const RowRange& rows, RowSet& wanted,
                               const query::QueryContext& context);
  Result<void> trim(RowRange& rows, const Run& run, TimeRange range);
  void trim_by_minutes(RowRange& rows, TimeRange range) const;
  // Only how many rows there are in each interval is asked for.
  bool counts_rows() const;
  // Sets timestamps_, as exact as the projection asks for.
  Result<void> load_times(TimeRange range);
  Result<void> count_rows(TimeRange range, const std::vector<RowRange>& ranges,
                          const RowSet& wanted);
  Timestamp time_at(std::size_t index) const { return timestamps_[rows_[index]]; }
  Timestamp next_time(const Piece& piece) const;
  bool less_urgent(const Piece& a, const Piece& b) const;
  void narrow(Piece& piece, TimeRange range) const;
  std::span<const std::uint32_t> take(Piece& piece);
  Result<void> fill(std::span<const std::uint32_t> rows, query::LogBatch& batch);
  Result<void> fill_sums(std::span<const std::uint32_t> rows, query::LogBatch& batch);
  Result<void> fill_lines(std::span<const std::uint32_t> rows, query::LogBatch& batch);
  Result<void> fill_shapes(std::span<const std::uint32_t> rows, query::LogBatch& batch);
  Result<void> fill_sizes(std::span<const std::uint32_t> rows, query::LogBatch& batch);

  const std::unique_ptr<RowGroupReader> reader_;
  const PartReading& part_;
  const PartScan& scan_;
  const GroupInfo& info_;
  const query::Direction direction_;
  const query::LogProjection& projection_;
  const bool with_metadata_;
  std::span<const Timestamp> timestamps_;
  std::vector<std::uint32_t> rows_;  // wanted, ascending
  std::vector<Piece> pieces_;        // a heap, the most urgent first
  std::size_t batch_rows_;
  // The batch handed out:
  std::vector<Timestamp> batch_timestamps_;
  std::string arena_;
  std::vector<std::string_view> lines_;
  std::vector<const LabelSet*> metadata_;
  std::vector<std::uint64_t> sizes_;
  std::vector<std::uint64_t> counts_;
  Loader loader_;
  // If there is a parser:
  std::optional<FieldFilter> field_filter_;
  std::optional<FieldReader> fields_;
  std::optional<ShapeReader> shape_reader_;  // if shapes are asked for
  std::vector<std::uint32_t> shapes_;
  std::uint64_t unit_;
  std::optional<std::vector<Timestamp>> rough_times_;  // instead of the rows' own
  std::optional<MinuteRows> minutes_;                  // if intervals are whole ones
  std::optional<IntervalCounts> row_counts_;           // instead of rows
};

}  // namespace sluice::storage
