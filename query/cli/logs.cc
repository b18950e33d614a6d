#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "query/cli/api_client.h"
#include "query/cli/explain_format.h"
#include "query/cli/log_answer.h"
#include "query/cli/log_context.h"
#include "query/cli/log_flags.h"
#include "query/cli/log_pager.h"
#include "query/cli/log_table.h"
#include "query/cli/metric_result.h"
#include "query/cli/pager.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

struct LogsOptions {
  std::string query;
  RangeFlags range;
  std::uint64_t limit = 30;
  std::uint64_t batch = 1000;
  std::string step;
  bool forward = false;
  bool follow = false;
  bool exit_status = false;
  bool explain = false;
  bool strict = false;
  bool no_pager = false;
  ContextSize around;
  std::size_t both = 0;
  LogStyleFlags style;
  TailFlags tail;
};

constexpr const char* logs_examples =
    "  sluice logs '{app=\"pay\"} |= \"timeout\"' --since 2h\n"
    "  sluice logs '{app=\"pay\"} | json | status >= 500' -n 0 -o jsonl > errors.jsonl\n"
    "  sluice logs '{app=\"pay\"}' --from 2026-01-02T03:00:00Z --to 2026-01-02T04:00:00Z "
    "--forward\n"
    "  sluice logs '{app=\"pay\"} |= \"panic\"' -C 5\n"
    "  sluice logs '{app=\"pay\"}' -f\n\n"
    "Lines come newest first unless --forward. --limit 0 reads the whole range, page by page,\n"
    "each line exactly once. A metric query (count_over_time, rate, ...) prints its result.";

http::Params page_params(const LogsOptions& o, const LogPager::Page& page) {
  http::Params params;
  params.add("query", o.query);
  params.add("start", std::to_string(unix_ns(page.range.start)));
  params.add("end", std::to_string(unix_ns(page.range.end)));
  params.add("limit", std::to_string(page.limit));
  params.add("direction", o.forward ? "forward" : "backward");
  if (!o.step.empty()) params.add("step", o.step);
  if (o.explain) params.add("explain", "true");
  return params;
}

// Prints as lines come; json is one array over all of them, a table comes at the end.
class LinePrinter {
 public:
  LinePrinter(Context& context, LogStyle style)
      : context_(context), style_(std::move(style)), table_(style_) {}

  void print(const std::vector<LogLine>& lines) {
    announce_common(lines);
    for (const auto& line : lines)
      if (style_.sieve.passes(line.line)) print(line);
  }

  // Matches and what is around them: as grep does, a line of -- where some are left out.
  void print(const std::vector<MatchContext::Shown>& lines) {
    const bool marks = style_.format == LogFormat::standard;
    const bool text = marks || style_.format == LogFormat::raw;
    for (const auto& [line, match, gap] : lines) {
      if (gap && count_ > 0 && text) context_.out << "--\n";
      if (marks) context_.out << (match ? paint("> ", Color::yellow, style_.color) : "  ");
      print(line);
    }
  }

  void finish() {
    if (style_.format == LogFormat::json) context_.out << (count_ == 0 ? "[]\n" : "]\n");
    if (!table_.empty()) context_.out << table_.render(style_.color);
  }

  std::size_t count() const { return count_; }
  const LogStyle& style() const { return style_; }

 private:
  void print(const LogLine& line) {
    if (style_.format == LogFormat::json) context_.out << (count_ == 0 ? "[" : ",\n");
    if (style_.format == LogFormat::table)
      table_.add(line, style_);
    else
      context_.out << format_line(line, style_);
    ++count_;
  }

  // As logcli does: labels that all lines of the first page share are said once and dropped from
  // the lines; the pages after keep to that, so lines stay comparable.
  void announce_common(const std::vector<LogLine>& lines) {
    if (count_ > 0 || lines.size() < 2 || !style_.drop_common) return;
    const LabelSet common = common_labels(lines);
    if (common.empty()) return;
    if (!context_.options.quiet) {
      context_.err << "Common labels: " << common.to_string() << "\n";
    }
    style_.common = common;
  }

  Context& context_;
  LogStyle style_;
  LogTable table_;
  std::size_t count_ = 0;
};

ExitCode print_metric(const nlohmann::json& data, const LogsOptions& o, Context& context) {
  auto result = parse_metric_result(data);
  if (!result) return fail(context, result.error());
  if (result->series.empty() && o.style.output == "default") {
    if (!context.options.quiet) context.err << "no series\n";
    return o.exit_status ? ExitCode::no : ExitCode::ok;
  }
  const auto format = parse_metric_format(o.style.output);  // the others are for lines
  context.out << format_metric(*result, format ? *format : MetricFormat::json, context.color());
  return ExitCode::ok;
}

// What the server says beside the result.
struct Remarks {
  std::set<std::string> warnings;
  nlohmann::json explain;

  void take(const nlohmann::json& answer) {
    for (const auto& warning : answer.value("warnings", nlohmann::json::array()))
      if (warning.is_string()) warnings.insert(warning.get<std::string>());
    if (answer.contains("data") && answer["data"].is_object())
      add_explain(explain, answer["data"].value("explain", nlohmann::json()));
  }
  void print(Context& context) const {
    for (const auto& warning : warnings) context.err << "sluice: warning: " << warning << "\n";
    if (explain.is_object()) context.err << format_explain(explain);
  }
};

// Takes lines as they come: prints them, or looks around those that pass.
class LineTaker {
 public:
  LineTaker(const LogsOptions& o, LinePrinter& printer, Context& context)
      : around_(o.around), printer_(printer), context_(context) {}

  void take(const std::vector<LogLine>& lines) {
    if (!around_.any()) return printer_.print(lines);
    for (const auto& line : lines)
      if (printer_.style().sieve.passes(line.line)) matches_.push_back(line);
  }
  Result<void> finish() {
    MatchContext found;
    for (const auto& match : matches_) SLUICE_CHECK(found.fetch(match, around_, context_));
    printer_.print(found.lines());
    printer_.finish();
    return {};
  }

 private:
  const ContextSize around_;
  LinePrinter& printer_;
  Context& context_;
  std::vector<LogLine> matches_;
};

ExitCode read_pages(const LogsOptions& o, LogPager pager, LinePrinter& printer, Remarks& remarks,
                    Context& context) {
  ApiClient api(context);
  if (o.around.any()) api.set_stream_labels_apart();
  LineTaker taker(o, printer, context);
  while (const auto page = pager.next()) {
    if (context.stop.stop_requested()) return ExitCode::interrupted;
    auto answer = read_log_answer(api, page_params(o, *page), [&](std::vector<LogLine> lines) {
      taker.take(pager.add(std::move(lines)));
      context.out.flush();
    });
    if (!answer) return fail(context, answer.error());
    remarks.take(*answer);
    auto data = data_of(std::move(*answer));
    if (!data) return fail(context, data.error());
    if (text_of(*data, "resultType") != "streams") return print_metric(*data, o, context);
    auto lines = parse_streams((*data)["result"]);
    if (!lines) return fail(context, lines.error());
    taker.take(pager.add(std::move(*lines)));
    pager.end_page();
  }
  if (const auto done = taker.finish(); !done) return fail(context, done.error());
  return ExitCode::ok;
}

// Each match costs three requests.
Result<void> check_around(const LogsOptions& o) {
  constexpr std::uint64_t most_matches = 1000;
  if (!o.around.any()) return {};
  if (o.follow) return invalid_argument("-A, -B and -C look around what is stored, not with -f");
  if (o.limit == 0 || o.limit > most_matches)
    return invalid_argument("-A, -B and -C look around 1,000 matches at most: give a --limit");
  return {};
}

ExitCode run_logs(LogsOptions o, Context& context) {
  auto style = o.style.resolve(context);
  if (!style) return fail(context, style.error());
  if (o.both > 0) o.around.before = o.around.after = o.both;
  if (const auto possible = check_around(o); !possible) return fail(context, possible.error());
  if (o.around.any()) style->drop_common = false;
  if (o.follow) return follow_logs(o.query, o.tail, *style, context);
  const auto range = resolve_range(o.range, context.clock.now());
  if (!range) return fail(context, range.error());
  if (o.batch == 0) return fail(context, invalid_argument("--batch must be at least 1"));
  Remarks remarks;
  std::size_t count = 0;
  ExitCode code = ExitCode::ok;
  {
    const auto pager = context.out_is_tty && !o.no_pager ? Pager::start(pager_command()) : nullptr;
    Context paged = pager ? context.with_out(pager->out()) : context;
    LinePrinter printer(paged, *style);
    code = read_pages(o, LogPager(*range, o.forward, o.limit, o.batch), printer, remarks, paged);
    count = printer.count();
  }
  remarks.print(context);
  if (code == ExitCode::ok && o.strict && !remarks.warnings.empty()) return ExitCode::partial;
  if (code == ExitCode::ok && o.exit_status && count == 0) return ExitCode::no;
  return code;
}

}  // namespace

Action add_logs(CLI::App& root) {
  auto o = std::make_shared<LogsOptions>();
  CLI::App& app = add_subcommand(root, "logs", "Search logs with LogQL", logs_examples);
  app.add_option("query", o->query, "LogQL query")->required();
  app.add_option("-n,--limit", o->limit, "Lines to print; 0 for all")->capture_default_str();
  app.add_option("--batch", o->batch, "Lines to ask for at a time")->capture_default_str();
  app.add_option("-s,--since", o->range.since, "How far back to look")->capture_default_str();
  app.add_option("--from", o->range.from, "Begin of the range, instead of --since");
  app.add_option("--to", o->range.to, "End of the range (exclusive); now if absent");
  app.add_option("--step", o->step, "Resolution of a metric query");
  app.add_flag("--forward", o->forward, "Oldest first");
  app.add_flag("-f,--follow,--tail", o->follow, "Go on with lines as they arrive");
  app.add_flag("--exit-status", o->exit_status, "Exit 1 when nothing matched");
  app.add_flag("--explain", o->explain, "Say on standard error how the server found the lines");
  app.add_flag("--strict", o->strict, "Exit 6 when the result is partial or has another warning");
  app.add_option("-A,--after-context", o->around.after,
                 "Print so many lines of its stream after each match");
  app.add_option("-B,--before-context", o->around.before, "And so many before it");
  app.add_option("-C,--context", o->both, "So many on both sides");
  app.add_flag("--no-pager", o->no_pager, "Do not page on a terminal");
  o->style.add_to(app);
  o->tail.add_to(app);
  return [o](Context& context) { return run_logs(*o, context); };
}

}  // namespace sluice::query::cli
