// RowGroupReader: the rows of one row group, each column read and decoded when first asked for and
// kept until the reader goes; in DecodedItems, if it has any, for longer.
//
// Errors are those of fetching (not_found: the part is gone; io) and corrupt. Used by one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/result.h"
#include "base/types/time.h"
#include "daemon/storage/columns/decoded_items.h"
#include "daemon/storage/columns/line_search.h"
#include "daemon/storage/columns/metadata_columns.h"
#include "daemon/storage/columns/row_group_header.h"
#include "daemon/storage/columns/row_partition.h"
#include "daemon/storage/columns/template.h"
#include "daemon/storage/columns/text_codes.h"

namespace sluice::storage {

using TemplateList = std::vector<LineTemplate>;

// The payload of a chunk of this row group.
using FetchChunk = std::function<Result<std::string>(std::uint32_t chunk)>;

// What a reader has done so far.
struct RowGroupReads {
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;    // of chunks, as stored
  std::uint64_t decoded = 0;  // columns
  std::uint64_t cached = 0;   // columns that were kept from before
  std::uint64_t lines = 0;    // rebuilt
};

class RowGroupReader : public SearchableGroup {
 public:
  // `kept` may be null. Error(corrupt): the header names templates that the list does not have, or
  // with other slots.
  static Result<std::unique_ptr<RowGroupReader>> open(std::shared_ptr<const RowGroupHeader> header,
                                                      std::shared_ptr<const TemplateList> templates,
                                                      FetchChunk fetch,
                                                      std::unique_ptr<DecodedItems> kept = {});

  std::size_t rows() const override { return header_->rows; }
  std::span<const std::uint32_t> templates() const override { return header_->template_numbers; }
  const GramFilter& grams() const override { return header_->grams; }
  const ColumnInfo& column_info(std::uint32_t template_number, std::uint32_t slot) const override;
  bool may_contain(std::uint32_t template_number, std::uint32_t slot, std::string_view text,
                   bool fold) const override;
  Result<const SlotColumn*> column(std::uint32_t template_number, std::uint32_t slot) override;
  // The same with patterns left as they are (see decode_parts()), unless their text is there.
  Result<const SlotColumn*> parts(std::uint32_t template_number, std::uint32_t slot);
  // Of a column of text or patterns.
  Result<const TextCodes*> text_codes(std::uint32_t template_number, std::uint32_t slot);
  Result<std::span<const RowNumber>> rows_of(std::uint32_t template_number) override;
  Result<void> line(std::uint32_t row, std::string& out) override;

  // The rows by template: kinds are indexes into the header's templates.
  Result<const RowPartition*> by_template();

  const RowGroupHeader& header() const { return *header_; }
  const TemplateList& template_list() const { return *templates_; }
  Result<std::span<const Timestamp>> timestamps();
  Result<std::span<const std::uint64_t>> sequences();
  // The lines of these rows, in `arena`, with a view of each in `views`; both are replaced.
  Result<void> lines(std::span<const std::uint32_t> rows, std::string& arena,
                     std::vector<std::string_view>& views);
  // How long the line of a row is, without building it.
  Result<std::uint32_t> line_length(std::uint32_t row);
  bool has_metadata() const { return !header_->shapes.empty(); }
  // Replaces `out` by the metadata of these rows, null where there are none. They live as long as
  // the reader.
  Result<void> metadata(std::span<const std::uint32_t> rows, std::vector<const LabelSet*>& out);

  // Lets go of what is kept of chunks; columns that were decoded stay.
  void forget_chunks() { raw_ = {}; }
  // What is decoded, with what is kept of chunks. Grows with use.
  std::size_t memory_bytes() const;
  const RowGroupReads& reads() const { return reads_; }

 private:
  struct RawChunk {
    std::uint32_t number = ColumnPlace::in_header;
    std::string bytes;
  };

  RowGroupReader(std::shared_ptr<const RowGroupHeader> header,
                 std::shared_ptr<const TemplateList> templates, FetchChunk fetch,
                 std::unique_ptr<DecodedItems> kept);
  // What is kept of the number, or what load() gives, which is kept then.
  template <typename T, typename Load>
  Result<std::shared_ptr<const T>> item(std::uint32_t number, Load load);
  Result<std::string_view> bytes_of(const ColumnPlace& place);
  Result<std::string_view> raw_chunk(std::uint32_t number);
  Result<std::vector<std::int64_t>> integers(const ColumnPlace& place);
  Result<RowPartition> partition(const ColumnPlace& place, std::span<const std::uint32_t> counts);
  void make_room();
  Result<void> load_row_templates();
  Result<void> load_shapes();
  using Decode = decltype(&decode_column);
  Result<SlotColumn> decode(const GroupColumn& stored, std::span<const RowNumber> rows, Decode how);
  Result<const SlotColumn*> load_parts(std::size_t column, std::span<const RowNumber> rows);
  Result<const SlotColumn*> load_column(std::size_t column, std::span<const RowNumber> rows);
  Result<void> load_lines(std::span<const std::uint32_t> rows);
  void append_line(std::uint32_t row, std::string& out);
  Result<const LabelSet*> metadata_of(std::uint32_t row);

  const std::shared_ptr<const RowGroupHeader> header_;
  const std::shared_ptr<const TemplateList> templates_;
  const FetchChunk fetch_;
  std::array<RawChunk, 4> raw_;  // the last ones used
  std::size_t next_raw_ = 0;
  const std::unique_ptr<DecodedItems> kept_;
  std::shared_ptr<const std::vector<Timestamp>> timestamps_;
  std::vector<std::uint64_t> sequences_;
  std::shared_ptr<const RowPartition> by_template_;
  std::optional<OrdinalFinder> ordinals_;  // of by_template_
  RowPartition by_shape_;
  std::optional<OrdinalFinder> shape_ordinals_;
  std::vector<std::shared_ptr<const SlotColumn>> columns_;    // parallel to the header's
  std::vector<std::shared_ptr<const SlotColumn>> parts_;      // likewise; columns of patterns
  std::vector<const SlotColumn*> line_columns_;               // likewise; of lines that are built
  std::vector<std::shared_ptr<const TextCodes>> text_codes_;  // likewise, or empty
  MetadataSets sets_;
  std::vector<const SlotColumn*> shape_columns_;
  std::size_t column_bytes_ = 0;
  RowGroupReads reads_;
};

}  // namespace sluice::storage
