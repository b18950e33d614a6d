#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

struct PatternsOptions {
  std::string query;
  std::string output = "default";
  std::size_t limit = 30;
  RangeFlags range;
};

constexpr const char* patterns_examples =
    "  sluice patterns '{app=\"pay\"}' --since 24h\n"
    "  sluice patterns '{app=\"pay\"}' -o json | jq -r '.[0].pattern'\n\n"
    "The shapes of lines, the most frequent first, with how often each occurred over the range. A\n"
    "pattern is a filter: sluice logs '{app=\"pay\"} |> \"<_> failed <_>\"'.";

constexpr std::int64_t chart_steps = 20;

std::uint64_t total_of(const Json& pattern) {
  double sum = 0;
  for (const auto& sample : pattern.value("samples", Json::array()))
    if (sample.is_array() && sample.size() == 2) sum += number_of(sample[1]);
  return static_cast<std::uint64_t>(sum);
}

// Counts per step of the range.
std::vector<double> counts_of(const Json& pattern, const TimeRange& range, Duration step) {
  std::vector<double> counts(chart_steps, 0);
  for (const auto& sample : pattern.value("samples", Json::array())) {
    if (!sample.is_array() || sample.size() != 2) continue;
    const Timestamp at = from_unix_ns(static_cast<std::int64_t>(number_of(sample[0]) * 1e9));
    const auto i = std::clamp<std::int64_t>((at - range.start) / step, 0, chart_steps - 1);
    counts[static_cast<std::size_t>(i)] += number_of(sample[1]);
  }
  return counts;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  const auto tenths = whole == 0 ? 0 : part * 1000 / whole;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

ExitCode run_patterns(const PatternsOptions& o, Context& context) {
  const auto range = resolve_range(o.range, context.clock.now());
  if (!range) return fail(context, range.error());
  const Duration step =
      std::max<Duration>((range->end - range->start) / chart_steps, std::chrono::seconds{1});
  http::Params params;
  params.add("query", o.query);
  params.add("start", std::to_string(unix_ns(range->start)));
  params.add("end", std::to_string(unix_ns(range->end)));
  params.add("step", std::to_string(std::chrono::ceil<std::chrono::seconds>(step).count()) + "s");
  auto answer = ApiClient(context).get("/loki/api/v1/patterns", params);
  if (!answer) return fail(context, answer.error());
  Json patterns = answer->value("data", Json::array());
  std::stable_sort(patterns.begin(), patterns.end(),
                   [](const Json& a, const Json& b) { return total_of(a) > total_of(b); });
  std::uint64_t all = 0;
  for (const auto& pattern : patterns) all += total_of(pattern);
  if (o.limit > 0 && patterns.size() > o.limit)
    patterns.erase(patterns.begin() + static_cast<std::ptrdiff_t>(o.limit), patterns.end());
  if (o.output == "json") {
    context.out << patterns.dump() << "\n";
    return ExitCode::ok;
  }
  Table table({"COUNT", "SHARE", "OVER TIME", "PATTERN"});
  for (const auto& pattern : patterns)
    table.add({{std::to_string(total_of(pattern))},
               {percent(total_of(pattern), all)},
               {sparkline(counts_of(pattern, *range, step), chart_steps), Color::cyan},
               {printable(text_of(pattern, "pattern"))}});
  if (table.empty() && !context.options.quiet) context.err << "no patterns\n";
  if (!table.empty()) context.out << table.render(context.color());
  return ExitCode::ok;
}

}  // namespace

Action add_patterns(CLI::App& root) {
  auto o = std::make_shared<PatternsOptions>();
  CLI::App& app =
      add_subcommand(root, "patterns", "Show the shapes of log lines", patterns_examples);
  app.add_option("query", o->query, "Stream selector, such as '{app=\"pay\"}'")->required();
  app.add_option("-n,--limit", o->limit, "Patterns to print; 0 for all")->capture_default_str();
  app.add_option("-s,--since", o->range.since, "How far back to look")->capture_default_str();
  app.add_option("--from", o->range.from, "Begin of the range, instead of --since");
  app.add_option("--to", o->range.to, "End of the range; now if absent");
  app.add_option("-o,--output", o->output, "default or json")
      ->check(CLI::IsMember({"default", "json"}));
  return [o](Context& context) { return run_patterns(*o, context); };
}

}  // namespace sluice::query::cli
