#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/log_context.h"
#include "query/cli/log_flags.h"
#include "query/cli/log_table.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

struct ContextOptions {
  std::string query;
  std::string at;
  std::string window = "2h";
  std::size_t before = 10;
  std::size_t after = 10;
  std::size_t both = 0;
  LogStyleFlags style;
};

constexpr const char* context_examples =
    "  sluice context '{app=\"pay\", pod=\"p-1\"}' --at 2026-01-02T03:04:05.678Z\n"
    "  sluice context '{app=\"pay\"}' --at 1767323045678000000 -C 50\n\n"
    "Prints the lines around a time, oldest first; those at the time itself are marked with >.\n"
    "`logs -o jsonl` prints timestamps to the nanosecond.";

void print_side(const std::vector<LogLine>& lines, Timestamp at, const LogStyle& style,
                Context& context) {
  const bool marks = style.format == LogFormat::standard;
  for (const auto& line : lines) {
    const bool here = line.timestamp == at;
    if (marks) context.out << (here ? paint("> ", Color::yellow, style.color) : "  ");
    context.out << format_line(line, style);
    if (style.format == LogFormat::json) context.out << "\n";
  }
}

ExitCode run_context(ContextOptions o, Context& context) {
  auto style = o.style.resolve(context);
  if (!style) return fail(context, style.error());
  style->drop_common = false;
  const auto at = parse_time(o.at, context.clock.now());
  if (!at) return fail(context, at.error());
  const auto window = parse_duration(o.window);
  if (!window) return fail(context, window.error());
  if (o.both > 0) o.before = o.after = o.both;
  const auto before = read_side(o.query, {*at - *window, *at}, o.before, false, context);
  if (!before) return fail(context, before.error());
  // The lines at the time itself come on top of those after it.
  const auto here = read_side(o.query, {*at, *at + Duration{1}}, std::size_t{100}, true, context);
  if (!here) return fail(context, here.error());
  const auto after = read_side(o.query, {*at + Duration{1}, *at + *window}, o.after, true, context);
  if (!after) return fail(context, after.error());
  LogTable table(*style);
  for (const auto* side : {&*before, &*here, &*after}) {
    if (style->format == LogFormat::table)
      for (const auto& line : *side) table.add(line, *style);
    else
      print_side(*side, *at, *style, context);
  }
  if (!table.empty()) context.out << table.render(style->color);
  if (here->empty() && !context.options.quiet)
    context.err << "no line at " << format_rfc3339(*at) << "\n";
  return ExitCode::ok;
}

}  // namespace

Action add_context(CLI::App& root) {
  auto o = std::make_shared<ContextOptions>();
  CLI::App& app =
      add_subcommand(root, "context", "Show the log lines around a time", context_examples);
  app.add_option("query", o->query, "Log query; the labels of the line's stream, as a rule")
      ->required();
  app.add_option("--at", o->at, "The time, to the nanosecond for one line")->required();
  app.add_option("-B,--before", o->before, "Lines before it")->capture_default_str();
  app.add_option("-A,--after", o->after, "Lines after it")->capture_default_str();
  app.add_option("-C,--context", o->both, "Lines on both sides");
  app.add_option("--window", o->window, "How far to look on each side")->capture_default_str();
  o->style.add_to(app);
  return [o](Context& context) { return run_context(*o, context); };
}

}  // namespace sluice::query::cli
