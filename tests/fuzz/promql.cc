// PromQL: any text is parsed or refused with a position; what parses prints to text that parses to
// the same, and evaluates over a tiny store to a result or an error, at an instant and over a
// range.
#include <string>

#include "query/engine/engine.h"
#include "query/engine/grid.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/query/memory_source.h"

namespace {

using namespace sluice;
using namespace sluice::query;

// A few series with gaps, resets, NaN and staleness.
void fill(test::MemorySampleSource& samples) {
  for (int i = 0; i < 12; ++i) {
    const double v = i;
    samples.add({{"__name__", "up"}, {"job", "a"}}, {i * 15'000, v});
    samples.add({{"__name__", "up"}, {"job", "b"}},
                {i * 15'000, i == 5 ? absent_value : i % 4 * 1.5});
    samples.add({{"__name__", "h_bucket"}, {"le", i % 2 ? "+Inf" : "1"}}, {i * 15'000, v * 2});
    if (i % 3 == 0) samples.add({{"__name__", "x_total"}, {"job", "a"}}, {i * 15'000, v / 0.0});
  }
}

QueryLimits small_limits() {
  QueryLimits limits;
  limits.max_memory_bytes = 4 << 20;
  limits.max_samples = 20'000;
  return limits;
}

void evaluate(const Expr& expr, std::string_view text) {
  static test::MemoryLogSource logs;
  static test::MemorySampleSource samples = [] {
    test::MemorySampleSource source;
    fill(source);
    return source;
  }();
  const Engine engine(logs, samples);
  QueryContext instant_context({}, small_limits());
  const auto instant = engine.instant(expr, {default_tenant(), 120'000, text}, instant_context);
  QueryContext range_context({}, small_limits());
  const auto range =
      engine.range(expr, {default_tenant(), 0, 180'000, 30'000, text}, range_context);
  for (const auto* result : {&instant, &range})
    fuzz::require(result->has_value() || !result->error().message.empty(), "errors have a text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::FuzzInput(data, size).rest().substr(0, 2048);
  const auto expr = parse_promql(text);
  if (!expr) {
    fuzz::require(expr.error().message.find(": parse error: ") != std::string::npos,
                  "errors carry line and column");
    return 0;
  }
  const std::string printed = to_string(**expr);
  const auto again = parse_promql(printed);
  fuzz::require(again.has_value(), "canonical text parses");
  fuzz::require(to_string(**again) == printed, "canonical text is a fixed point");
  evaluate(**expr, text);
  return 0;
}
