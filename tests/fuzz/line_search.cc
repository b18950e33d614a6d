// Searches over templates and columns find just the rows whose lines pass, and never skip a group
// that has some; texts that a regex requires are in what it matches.
#include "daemon/storage/columns/line_search.h"

#include "daemon/storage/columns/regex_literals.h"
#include "tests/daemon/storage/columns/memory_group.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

// A template's pieces and a row's values are fields between '|', one template or row per line.
std::vector<std::string> fields(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text)
    if (c == '|')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

std::vector<LineTemplate> read_templates(fuzz::FuzzInput& input) {
  std::vector<LineTemplate> templates(input.below(3) + 1);
  for (auto& pattern : templates) pattern.pieces = fields(input.line());
  return templates;
}

std::vector<MemoryRow> read_rows(fuzz::FuzzInput& input,
                                 const std::vector<LineTemplate>& templates) {
  std::vector<MemoryRow> rows(input.below(12) + 1);
  for (MemoryRow& row : rows) {
    row.template_number = static_cast<std::uint32_t>(input.below(templates.size()));
    row.values = fields(input.line());
    row.values.resize(templates[row.template_number].slots());
  }
  return rows;
}

void check_search(MemoryGroup& group, const std::vector<LineTemplate>& templates,
                  const query::LineFilter& filter) {
  const LineSearch search({filter}, templates);
  SearchCounts counts;
  const auto rows = search.run(group, RowSet::all(group.rows()), counts);
  fuzz::require(rows.has_value(), "groups in memory can be read");
  for (std::size_t row = 0; row < group.rows(); ++row)
    fuzz::require(rows->contains(row) == filter.matches(group.line_at(row)),
                  "a row is found just when its line passes");
  fuzz::require(rows->empty() || search.may_match(group), "no group with such rows is skipped");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const auto op = static_cast<query::LineOp>(input.below(4));
  const std::string first(input.line());
  std::vector<std::string> values{first};
  if (input.flag()) values.emplace_back(input.line());
  const auto filter = query::LineFilter::make(op, std::move(values));
  (void)regex_literals(first);
  const auto templates = read_templates(input);
  MemoryGroup group(templates, read_rows(input, templates));
  if (filter) check_search(group, templates, *filter);
  return 0;
}
