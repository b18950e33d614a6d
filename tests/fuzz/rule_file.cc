// Rule files: whatever the bytes, an answer; and what is accepted keeps the promises of rule.h.
#include "rules/rule_file.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::rules;
  const RuleFileOptions options{
      std::chrono::minutes(1), Duration{0},
      [](std::string text, std::optional<Language> forced) -> Result<RuleQuery> {
        if (text.starts_with("BAD")) return Error{ErrorCode::parse, "1:1: bad"};
        return RuleQuery{std::move(text), forced.value_or(Language::promql), false, true, {}};
      }};
  const std::string text(fuzz::FuzzInput(data, size).rest());
  const auto file = parse_rule_file(text, "f", options);
  if (!file) {
    fuzz::require(!file.error().message.empty(), "an error says something");
    return 0;
  }
  for (const auto& group : file->groups) {
    fuzz::require(group.interval > Duration{0}, "intervals are positive");
    for (const auto& rule : group.rules) {
      fuzz::require(!rule.name.empty(), "rules have names");
      fuzz::require(!rule.query.text.empty(), "rules have expressions");
      for (const auto& text_of : rule.annotations) {
        text_of.text.expand({{{"a", "b"}}, 1.5}, {});
      }
    }
  }
  return 0;
}
