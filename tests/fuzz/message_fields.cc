// Message fields: views within any line; its pattern is a filter's text and the same each time.
#include "rules/message_fields.h"

#include "rules/log_message.h"
#include "rules/template_key.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  fuzz::FuzzInput input(data, size);
  const auto before = input.take(input.below(4));
  const auto behind = input.take(input.below(4));
  const auto line = input.rest();
  const auto fields = rules::default_message_fields();
  std::size_t total = 0;
  for (const auto text : rules::raw_message_fields(line, fields)) {
    fuzz::require(
        text.data() >= line.data() && text.data() + text.size() <= line.data() + line.size(),
        "fields lie in the line");
    total += text.size();
  }
  fuzz::require(total <= line.size(), "fields do not overlap");
  const auto pattern = rules::pattern_text(line, fields);
  fuzz::require(pattern == rules::pattern_text(line, fields), "patterns are deterministic");
  std::string key;
  rules::append_template_key(line, rules::place_between(before, behind, false, false), key);
  fuzz::require(key.size() <= 2 * line.size() + 2, "keys are bounded");
  return 0;
}
