#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "base/types/labels.h"
#include "query/cli/api_client.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

struct SeriesOptions {
  std::vector<std::string> matchers;
  std::string output = "default";
  RangeFlags range{"6h", "", ""};
  bool metrics = false;
  bool analyze = false;
};

constexpr const char* series_examples =
    "  sluice series '{app=\"pay\"}'\n"
    "  sluice series --analyze-labels\n"
    "  sluice series 'http_requests_total' --metrics";

// How many values each label has and how many series carry it: what makes cardinality.
std::string analyze(const std::vector<LabelSet>& series) {
  std::map<std::string, std::pair<std::set<std::string>, std::size_t>> seen;
  for (const auto& labels : series) {
    for (const auto& label : labels) {
      seen[label.name].first.insert(label.value);
      ++seen[label.name].second;
    }
  }
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [name, s] : seen) order.emplace_back(s.first.size(), name);
  std::sort(order.rbegin(), order.rend());
  Table table({"LABEL", "VALUES", "SERIES"});
  for (const auto& [values, name] : order) {
    table.add({{name}, {std::to_string(values)}, {std::to_string(seen[name].second)}});
  }
  return std::to_string(series.size()) + " series\n" + table.render(false);
}

ExitCode run_series(const SeriesOptions& o, Context& context) {
  const auto range = resolve_range(o.range, context.clock.now());
  if (!range) return fail(context, range.error());
  http::Params params;
  for (const auto& matcher : o.matchers) params.add("match[]", matcher);
  // Loki lists everything when there is no selector; Prometheus insists on one.
  if (o.matchers.empty() && o.metrics) params.add("match[]", "{__name__=~\".+\"}");
  params.add("start", format_rfc3339(range->start));
  params.add("end", format_rfc3339(range->end));
  auto answer =
      ApiClient(context).get(o.metrics ? "/api/v1/series" : "/loki/api/v1/series", params);
  if (!answer) return fail(context, answer.error());
  const auto data = answer->value("data", nlohmann::json::array());
  if (o.output == "json") {
    context.out << data.dump() << "\n";
    return ExitCode::ok;
  }
  std::vector<LabelSet> series;
  for (const auto& object : data) series.push_back(labels_from(object));
  std::sort(series.begin(), series.end());
  if (o.analyze) {
    context.out << analyze(series);
    return ExitCode::ok;
  }
  for (const auto& labels : series) context.out << labels.to_string() << "\n";
  return ExitCode::ok;
}

}  // namespace

Action add_series(CLI::App& root) {
  auto o = std::make_shared<SeriesOptions>();
  CLI::App& app =
      add_subcommand(root, "series", "List streams of logs or series of metrics", series_examples);
  app.add_option("selector", o->matchers, "Selectors; everything if absent");
  app.add_flag("--metrics", o->metrics, "Of metrics instead of logs");
  app.add_flag("--analyze-labels", o->analyze, "Count each label's values");
  app.add_option("-s,--since", o->range.since, "How far back to look")->capture_default_str();
  app.add_option("--from", o->range.from, "Begin of the range, instead of --since");
  app.add_option("--to", o->range.to, "End of the range; now if absent");
  app.add_option("-o,--output", o->output, "default or json")
      ->check(CLI::IsMember({"default", "json"}));
  return [o](Context& context) { return run_series(*o, context); };
}

}  // namespace sluice::query::cli
