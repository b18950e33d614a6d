// BatchLabels: the labels of a batch's rows, column by column, as the lines would have them after
// the parser of the projection ran over them.
//
// A name means the Stream's label, else the one of the entry's metadata, else the parsed field
// (which, had one of the others its name, would be called <name>_extracted; such names are not
// asked for here).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/source.h"

namespace sluice::query {

// One label over the rows of a batch. Numbers if there are any, else codes, else a constant.
struct LabelColumn {
  std::optional<std::string_view> constant;  // nullopt: no row has the label
  std::span<const std::uint32_t> codes;      // into values; FieldColumn::absent
  std::span<const std::string_view> values;
  std::span<const std::uint64_t> hashes;  // FieldColumn's
  std::span<const double> numbers;
  std::span<const std::uint8_t> present;
  std::uint64_t dictionary = 0;  // FieldColumn's

  bool is_constant() const { return codes.empty() && numbers.empty(); }
};

class BatchLabels {
 public:
  explicit BatchLabels(const LogProjection& projection) : projection_(projection) {}

  // The next batch; it must be parsed, if the projection has a parser.
  void bind(const LogBatch& batch);
  std::size_t rows() const { return batch_->size(); }
  // `parsed`: fields count; else only labels the line had before the parser. Valid until bind().
  LabelColumn column(std::string_view name, bool parsed);
  // Rows about which columns say nothing; their line is to be parsed. Ask after the columns.
  bool by_line(std::size_t row) const { return !by_line_.empty() && by_line_[row] != 0; }
  bool any_by_line() const { return !by_line_.empty(); }

 private:
  LabelColumn field(std::string_view name) const;
  bool metadata_has(std::string_view name) const;
  LabelColumn overlaid(std::string_view name, const LabelColumn& below);

  struct Overlay {
    std::vector<std::uint32_t> codes;
    std::vector<std::string_view> values;
  };
  const LogProjection& projection_;
  const LogBatch* batch_ = nullptr;
  std::vector<std::uint8_t> by_line_;  // empty: none
  std::deque<Overlay> overlays_;       // what columns view
};

}  // namespace sluice::query
