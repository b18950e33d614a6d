// The split of a line into template and variables loses no byte and is deterministic.
#include "rules/line_template.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string_view line = fuzz::FuzzInput(data, size).rest();
  const rules::SplitLine split = rules::split_line(line);
  fuzz::require(split.pattern.statics.size() == split.pattern.slots.size() + 1,
                "one more static than slots");
  fuzz::require(split.values.size() == split.pattern.slots.size(), "one value per slot");
  fuzz::require(split.values.size() <= rules::max_template_slots, "slots are bounded");
  fuzz::require(rules::render(split.pattern, split.values) == line, "the exact bytes come back");
  fuzz::require(rules::split_line(line).pattern.id() == split.pattern.id(), "the id is stable");
  for (const std::string& literal : rules::search_literals(split.pattern, 3))
    fuzz::require(line.find(literal) != std::string_view::npos, "literals stand in the line");
  return 0;
}
