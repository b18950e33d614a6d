// LineSearch: which rows of a row group pass line filters, decided on templates and slot columns;
// lines are rebuilt only where neither can tell.
//
// For a needle and a template, placements() lists every way the needle can lie in a line of it:
// wholly in static bytes, or across slots, each of which must then equal, begin with, end with or
// contain a part of the needle. That list is exact, so rows found by it need no second look. Too
// many ways (adjacent slots), and regexes, fall back to rebuilding lines, after a regex's required
// literals have ruled out what they can.
//
// A LineSearch is compiled once per query and part (the template judgements), then asked per row
// group. Used by one thread at a time; regexes are shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/columns/row_set.h"
#include "daemon/storage/columns/template.h"
#include "query/ast/line_filter.h"
#include "query/context.h"

namespace sluice::storage {

enum class SlotTest : std::uint8_t { equals, prefix, suffix, contains };

struct SlotCondition {
  std::uint32_t slot = 0;
  SlotTest test = SlotTest::contains;
  std::string text;
  friend bool operator==(const SlotCondition&, const SlotCondition&) = default;
};
// All must hold. Empty: holds for every line of the template.
using Placement = std::vector<SlotCondition>;

// Every way `needle` can occur in a line of `pattern`; any one suffices. nullopt: more than 64
// ways beyond those within one slot. An empty vector: no line of the template contains it.
std::optional<std::vector<Placement>> placements(const LineTemplate& pattern,
                                                 std::string_view needle);

// What a LineSearch needs of a row group. Implemented by RowGroupReader; by plain vectors in tests.
class SearchableGroup {
 public:
  virtual ~SearchableGroup() = default;
  virtual std::size_t rows() const = 0;
  // Templates with rows in this group, as numbers into the part's list.
  virtual std::span<const std::uint32_t> templates() const = 0;
  virtual const class GramFilter& grams() const = 0;
  // Without decoding anything: what the column is.
  virtual const struct ColumnInfo& column_info(std::uint32_t template_number,
                                               std::uint32_t slot) const = 0;
  // False: known, without decoding anything, that no value of the dictionary or text column
  // contains the text (`fold`: in any case of ASCII letters).
  virtual bool may_contain(std::uint32_t /*template_number*/, std::uint32_t /*slot*/,
                           std::string_view /*text*/, bool /*fold*/) const {
    return true;
  }
  // Decoded, cached by the group until it is closed.
  virtual Result<const class SlotColumn*> column(std::uint32_t template_number,
                                                 std::uint32_t slot) = 0;
  // The rows of a template, ascending; the i-th value of its columns belongs to the i-th of them.
  virtual Result<std::span<const RowNumber>> rows_of(std::uint32_t template_number) = 0;
  // The line of a row, rebuilt into `out` (replacing it).
  virtual Result<void> line(std::uint32_t row, std::string& out) = 0;
};

// What is looked at to say that a row group holds no row of interest; each after those before it.
enum class Evidence : std::uint8_t {
  templates,  // of its lines
  filter,     // of the texts in its values: GramFilter
  header,     // what is said of its columns
};

// What the search did, for EXPLAIN.
struct SearchCounts {
  std::uint64_t templates_certain = 0;  // decided without a column
  std::uint64_t columns_scanned = 0;
  std::uint64_t lines_rebuilt = 0;
  // Asked now and then whether to go on; may be null.
  const query::QueryContext* context = nullptr;
};

class LineSearch {
 public:
  // `templates` is the part's list and must outlive it.
  LineSearch(const std::vector<query::LineFilter>& filters,
             std::span<const LineTemplate> templates);
  ~LineSearch();
  LineSearch(LineSearch&&) noexcept;

  // False: no row of the group can pass, known from the evidence alone.
  bool may_match(const SearchableGroup& group, Evidence evidence = Evidence::header) const;
  // The rows of `candidates` that pass all filters.
  Result<RowSet> run(SearchableGroup& group, const RowSet& candidates, SearchCounts& counts) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::storage
