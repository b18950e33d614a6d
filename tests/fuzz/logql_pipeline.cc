// LogQL pipelines over foreign lines: every stage survives every line, and the labels it makes are
// well formed. The first line of the input is the stages, the rest the log line.
#include <set>
#include <string>

#include "query/engine/engine.h"
#include "query/logql/pipeline.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::query;

void check_labels(logql::LineLabels& labels) {
  std::vector<logql::LabelView> views;
  labels.collect(views);
  std::set<std::string_view> names;
  for (const auto& view : views) {
    fuzz::require(valid_label_name(view.name), "label names are valid");
    fuzz::require(names.insert(view.name).second, "no label twice");
    fuzz::require(!view.value.empty(), "no empty value");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const auto expr = parse_logql("{app=\"a\"} " + std::string(input.line()));
  if (!expr) return 0;
  const auto* query = std::get_if<LogQuery>(&(*expr)->node);
  if (query == nullptr) return 0;
  auto pipeline = logql::Pipeline::compile(query->pipeline);
  fuzz::require(pipeline.has_value(), "what parses compiles");
  const LabelSet stream{{"app", "a"}, {"level", "info"}};
  const LabelSet metadata{{"level", "m"}, {"trace", "t"}};
  pipeline->bind(stream);
  // An exact copy on the heap, so that a sanitizer sees a read past the end.
  const std::string line(input.rest());
  const std::vector<char> exact(line.begin(), line.end());
  for (int i = 0; i < 2; ++i)
    if (pipeline->run({}, {exact.data(), exact.size()}, i == 0 ? nullptr : &metadata))
      check_labels(pipeline->labels());
  return 0;
}
