// Line templates: rendering the split gives back the line; splitting is stable and bounded; message
// extraction takes any bytes.
#include "rules/line_template.h"

#include "rules/log_message.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::rules;
  const std::string line(fuzz::FuzzInput(data, size).rest());
  const SplitLine split = split_line(line);
  fuzz::require(render(split.pattern, split.values) == line, "render gives back the line");
  fuzz::require(split.pattern.slots.size() <= max_template_slots, "slots are bounded");
  fuzz::require(split_line(line).pattern.id() == split.pattern.id(), "identity is stable");
  for (const auto& literal : search_literals(split.pattern, 4)) {
    fuzz::require(line.find(literal) != std::string::npos, "literals stand in the line");
  }
  message_of(line, default_message_fields());
  return 0;
}
