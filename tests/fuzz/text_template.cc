// Templates of alerts: parsing and expanding foreign text stays within its bounds.
#include "rules/text_template.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto text = rules::TextTemplate::parse(std::string(fuzz::FuzzInput(data, size).rest()));
  if (!text) return 0;
  const rules::TemplateContext context{LabelSet{{"app", "pay"}, {"instance", "a:1"}}, 0.25};
  const rules::ExternalContext external{LabelSet{{"dc", "x"}}, "http://localhost"};
  const std::string once = text->expand(context, external);
  fuzz::require(once.size() <= (2 << 20), "the output is bounded");
  fuzz::require(text->expand(context, external) == once, "expansion is deterministic");
  return 0;
}
