// RowGroupMerger: rows of decoded row groups in, one row group header and its chunks out.
//
// Lines are not rebuilt: a template of the sources becomes the same template here, and the columns
// of its slots are joined (column_join.h). Only lines that had no template are split again: there
// may be enough of them now. Used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/storage/columns/group_encoder.h"
#include "daemon/storage/columns/line_groups.h"
#include "daemon/storage/columns/merge_group.h"
#include "daemon/storage/columns/minute_counts.h"
#include "daemon/storage/columns/template.h"

namespace sluice::storage {

using MergeGroupPtr = std::shared_ptr<const MergeGroup>;

class RowGroupMerger {
 public:
  // `templates` is the part's; it must outlive this.
  explicit RowGroupMerger(TemplateTable& templates);

  // The rows that follow are of another run. Called before the first row, too.
  void begin_run() { minutes_.begin_run(); }
  // Rows come in the order of the part.
  void add(const MergeGroupPtr& group, std::uint32_t row);
  std::size_t rows() const { return timestamps_.size(); }
  std::size_t line_bytes() const { return line_bytes_; }
  bool full() const;

  // At least one row. It is empty afterwards. `zstd_level` is for the chunks.
  EncodedGroup finish(int zstd_level);

 private:
  struct Row {
    std::uint32_t source;
    std::uint32_t row;
  };
  struct Cell {
    std::uint32_t row;  // here
    JoinOrigin origin;
  };
  // The rows of one template.
  struct Bucket {
    std::vector<Cell> cells;
    struct Source {
      const MergeGroup* group;
      std::size_t kind;
    };
    std::vector<Source> sources;                 // what origins count
    const LineGroups::Group* lines = nullptr;    // new ones are the source behind the last, if any
  };
  // Where rows of one template of a source go.
  struct Place {
    Bucket* bucket = nullptr;  // null: their lines are split again
    std::uint32_t source = unused;
    static constexpr std::uint32_t unused = ~std::uint32_t{0};
  };
  // By number of the template.
  using Buckets = std::map<std::uint32_t, Bucket>;

  std::uint32_t source_of(const MergeGroupPtr& group);
  std::uint32_t number_of(const MergeGroup& group, std::size_t kind);
  std::vector<std::vector<Place>> places_of(Buckets& buckets);
  std::vector<std::uint32_t> put_in_buckets(Buckets& buckets);
  static void add_new_lines(const std::vector<LineGroups::Group>& groups,
                            const std::vector<std::uint32_t>& rows, Buckets& buckets);
  std::vector<std::int64_t> template_of_rows(const Buckets& buckets) const;
  void encode(std::uint32_t number, const Bucket& bucket, GroupEncoder& encoder);
  void clear();

  TemplateTable& templates_;
  LineGroups lines_;
  MetadataColumns metadata_;
  MinuteCountsBuilder minutes_;
  std::vector<MergeGroupPtr> sources_;
  std::vector<Row> rows_;
  std::vector<Timestamp> timestamps_;
  std::vector<std::int64_t> sequences_;
  std::size_t line_bytes_ = 0;
  std::uint32_t last_source_ = 0;
  std::string scratch_;
  std::vector<JoinOrigin> origins_;
};

}  // namespace sluice::storage
