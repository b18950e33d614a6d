// Splitting lines: any bytes come back, no token is cut, and templates survive the table and the
// disk.
#include <string>

#include "daemon/storage/columns/template.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

void check_boundary(std::string_view line, std::size_t at) {
  fuzz::require(at == 0 || at >= line.size() || !is_token(line[at - 1]) || !is_token(line[at]),
                "no token is cut");
}

void check_slots(std::string_view line, const SplitLine& split) {
  fuzz::require(split.slots.size() <= max_line_slots, "slots are bounded");
  std::size_t at = 0;
  for (const auto& slot : split.slots) {
    fuzz::require(slot.begin >= at && slot.end >= slot.begin && slot.end <= line.size(),
                  "slots ascend");
    check_boundary(line, slot.begin);
    check_boundary(line, slot.end);
    at = slot.end;
  }
}

std::string rebuilt(std::string_view line, const SplitLine& split, const LineTemplate& pattern) {
  std::string out = pattern.pieces[0];
  for (std::size_t i = 0; i < split.slots.size(); ++i) {
    const auto& slot = split.slots[i];
    out.append(line.substr(slot.begin, slot.end - slot.begin)).append(pattern.pieces[i + 1]);
  }
  return out;
}

void check_line(std::string_view line, Detail detail) {
  LineSplitter splitter;
  SplitLine split;
  splitter.split(line, detail, split);
  check_slots(line, split);
  TemplateTable table;
  fuzz::require(table.find(line, split) == TemplateTable::none, "the table is empty");
  fuzz::require(table.find_or_add(line, split) == 0, "the first template is number 0");
  fuzz::require(table.find(line, split) == 0, "a template is found again");
  const LineTemplate& pattern = table.at(0);
  fuzz::require(pattern.fits(line, split), "a line fits its template");
  fuzz::require(rebuilt(line, split, pattern) == line, "a line is rebuilt");
  fuzz::require(pattern.fields.size() == (split.kind == LineKind::text ? 0 : split.slots.size()),
                "each value has a field");
  const auto back = decode_templates(encode_templates(table.all()));
  fuzz::require(back && (*back)[0].pieces == pattern.pieces && (*back)[0].fields == pattern.fields,
                "a template comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const std::string_view line = input.rest();
  check_line(line, Detail::fine);
  check_line(line, Detail::coarse);
  return 0;
}
