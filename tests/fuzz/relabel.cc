// Relabelling: whatever the rules and the labels, the result is a label set with valid names, and
// the same both times.
#include "base/scrape/relabel.h"

#include "base/scrape/exposition.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::scrape;
  fuzz::FuzzInput input(data, size);
  RelabelRule rule;
  rule.action = static_cast<RelabelAction>(input.below(11));
  rule.names = input.flag() ? NameScheme::legacy : NameScheme::utf8;
  rule.modulus = input.byte();
  if (input.flag()) rule.source_labels = {"a", std::string(input.line())};
  rule.regex = std::string(input.line());
  rule.target_label = std::string(input.line());
  rule.replacement = std::string(input.line());
  LabelSet labels{{"a", std::string(input.line())}, {"b", std::string(input.rest())}};
  if (!find_relabel_problem(rule).empty()) return 0;
  const auto relabeler = Relabeler::compile({rule});
  if (!relabeler) return 0;
  LabelSet again = labels;
  const bool kept = relabeler->apply(labels);
  fuzz::require(relabeler->apply(again) == kept && again == labels, "the same both times");
  std::string_view before;
  for (const Label& label : labels) {
    fuzz::require(before < label.name, "labels are sorted and unique");
    fuzz::require(!label.value.empty(), "no label is empty");
    fuzz::require(valid_name(rule.names, label.name), "names are valid");
    before = label.name;
  }
  return 0;
}
