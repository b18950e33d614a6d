#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/metric_result.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

struct MetricOptions {
  std::string query;
  std::string time;
  std::string range;
  std::string start;
  std::string end;
  std::string step;
  std::string output = "table";
  bool logs = false;
  bool exit_status = false;
};

constexpr const char* metric_examples =
    "  sluice metric up\n"
    "  sluice metric 'sum by (app) (rate(http_requests_total[5m]))' --range 6h\n"
    "  sluice metric 'rate({app=\"pay\"} |= \"error\" [5m])' --range 1h -o chart\n"
    "  sluice metric --logs 'sum by (app) (count_over_time({env=\"prod\"}[5m]))'\n"
    "  sluice metric 'count(up == 0)' -o json --time 2026-01-02T03:04:05Z\n\n"
    "Without --range or --start the query is evaluated once, at --time (now).";

// About as many points as a sparkline can show, in whole seconds.
std::string default_step(const TimeRange& range) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(range.end - range.start).count();
  return std::to_string(std::max<std::int64_t>(1, seconds / 240));
}

Result<std::string> step_seconds(const std::string& step, const TimeRange& range) {
  if (step.empty()) return default_step(range);
  if (step.find_first_not_of("0123456789.") == step.npos) return step;
  SLUICE_TRY(const Duration d, parse_duration(step));
  if (d <= Duration::zero()) return invalid_argument("--step must be longer than nothing");
  return std::to_string(std::chrono::duration<double>(d).count());
}

bool is_range(const MetricOptions& o) {
  return !o.range.empty() || !o.start.empty();
}

Result<http::Params> range_params(const MetricOptions& o, Timestamp now) {
  RangeFlags flags{o.range.empty() ? "1h" : o.range, o.start, o.end};
  SLUICE_TRY(const TimeRange range, resolve_range(flags, now));
  SLUICE_TRY(const std::string step, step_seconds(o.step, range));
  http::Params params;
  params.add("query", o.query);
  params.add("start", format_rfc3339(range.start));
  params.add("end", format_rfc3339(range.end));
  params.add("step", step);
  return params;
}

Result<http::Params> instant_params(const MetricOptions& o, Timestamp now) {
  SLUICE_TRY(const Timestamp time,
             o.time.empty() ? Result<Timestamp>(now) : parse_time(o.time, now));
  http::Params params;
  params.add("query", o.query);
  params.add("time", format_rfc3339(time));
  return params;
}

Result<MetricResult> query(const MetricOptions& o, Context& context) {
  const Timestamp now = context.clock.now();
  SLUICE_TRY(const auto params, is_range(o) ? range_params(o, now) : instant_params(o, now));
  const std::string path =
      std::string(o.logs ? "/loki" : "") + "/api/v1/query" + (is_range(o) ? "_range" : "");
  SLUICE_TRY(auto answer, ApiClient(context).get(path, params));
  for (const auto& warning : answer.value("warnings", nlohmann::json::array())) {
    if (warning.is_string()) {
      context.err << "warning: " << warning.get_ref<const std::string&>() << "\n";
    }
  }
  for (const auto& info : answer.value("infos", nlohmann::json::array())) {
    if (info.is_string() && !context.options.quiet) {
      context.err << "info: " << info.get_ref<const std::string&>() << "\n";
    }
  }
  SLUICE_TRY(const auto data, data_of(std::move(answer)));
  return parse_metric_result(data);
}

ExitCode run_metric(const MetricOptions& o, Context& context) {
  const auto format = parse_metric_format(o.output);
  if (!format) return fail(context, format.error());
  const auto result = query(o, context);
  if (!result) return fail(context, result.error());
  if (result->series.empty() && *format == MetricFormat::table) {
    if (!context.options.quiet) context.err << "no series\n";
  } else {
    context.out << format_metric(*result, *format, context.color());
  }
  return o.exit_status && result->series.empty() ? ExitCode::no : ExitCode::ok;
}

}  // namespace

Action add_metric(CLI::App& root) {
  auto o = std::make_shared<MetricOptions>();
  CLI::App& app =
      add_subcommand(root, "metric", "Evaluate PromQL (or a LogQL metric query)", metric_examples);
  app.add_option("query", o->query, "Expression")->required();
  app.add_option("--time", o->time, "When to evaluate; now if absent");
  app.add_option("--range,-s,--since", o->range, "Evaluate over this long, up to now or --end");
  app.add_option("--start,--from", o->start, "Evaluate from here, instead of --range");
  app.add_option("--end,--to", o->end, "Evaluate up to here; now if absent");
  app.add_option("--step", o->step, "Time between points: 30s; about 240 points if absent");
  app.add_option("-o,--output", o->output, "table, json, csv or chart")->capture_default_str();
  app.add_flag("--logs", o->logs,
               "Read a selector without filter or parser as one of logs, not of metrics");
  app.add_flag("--exit-status", o->exit_status, "Exit 1 when the result is empty");
  return [o](Context& context) { return run_metric(*o, context); };
}

}  // namespace sluice::query::cli
