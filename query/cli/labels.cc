#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

struct LabelsOptions {
  std::string name;
  std::string query;
  std::string output = "default";
  RangeFlags range{"6h", "", ""};
  bool metrics = false;
};

constexpr const char* labels_examples =
    "  sluice labels\n"
    "  sluice labels app --since 24h\n"
    "  sluice labels app --query '{env=\"prod\"}'\n"
    "  sluice labels __name__ --metrics";

ExitCode run_labels(const LabelsOptions& o, Context& context) {
  const auto range = resolve_range(o.range, context.clock.now());
  if (!range) return fail(context, range.error());
  http::Params params;
  // Loki takes nanoseconds, Prometheus RFC 3339; both take the latter.
  params.add("start", format_rfc3339(range->start));
  params.add("end", format_rfc3339(range->end));
  if (!o.query.empty()) params.add(o.metrics ? "match[]" : "query", o.query);
  const std::string base = o.metrics ? "/api/v1" : "/loki/api/v1";
  const std::string path = o.name.empty()
                               ? base + "/labels"
                               : base + "/label/" + http::percent_encode(o.name) + "/values";
  auto answer = ApiClient(context).get(path, params);
  if (!answer) return fail(context, answer.error());
  // Loki leaves "data" out when there is none.
  const auto names = answer->value("data", nlohmann::json::array());
  if (o.output == "json") {
    context.out << names.dump() << "\n";
    return ExitCode::ok;
  }
  for (const auto& name : names) {
    if (name.is_string()) context.out << name.get_ref<const std::string&>() << "\n";
  }
  return ExitCode::ok;
}

}  // namespace

Action add_labels(CLI::App& root) {
  auto o = std::make_shared<LabelsOptions>();
  CLI::App& app =
      add_subcommand(root, "labels", "List label names, or the values of one", labels_examples);
  app.add_option("name", o->name, "Label whose values to list");
  app.add_option("--query,--match", o->query, "Only of streams or series this selector matches");
  app.add_flag("--metrics", o->metrics, "Of metrics instead of logs");
  app.add_option("-s,--since", o->range.since, "How far back to look")->capture_default_str();
  app.add_option("--from", o->range.from, "Begin of the range, instead of --since");
  app.add_option("--to", o->range.to, "End of the range; now if absent");
  app.add_option("-o,--output", o->output, "default or json")
      ->check(CLI::IsMember({"default", "json"}));
  return [o](Context& context) { return run_labels(*o, context); };
}

}  // namespace sluice::query::cli
