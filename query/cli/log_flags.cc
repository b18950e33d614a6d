#include "query/cli/log_flags.h"

#include <CLI/CLI.hpp>

#include "query/cli/print_template.h"

namespace sluice::query::cli {

void LogStyleFlags::add_to(CLI::App& app) {
  app.add_option(
         "-o,--output", output,
         "default, raw, jsonl, json, logfmt, csv, table, or template=TEXT as of line_format")
      ->capture_default_str();
  app.add_flag("--no-labels", no_labels, "Leave labels out");
  app.add_option("--include-label", include, "Print only this label (repeatable)");
  app.add_option("--exclude-label", exclude, "Do not print this label (repeatable)");
  app.add_option("--fields", fields, "Print these labels or parsed fields, in this order")
      ->delimiter(',');
  app.add_option("-i,--include", lines_with,
                 "Print only lines with this regular expression (repeatable: with any)");
  app.add_option("-e,--exclude", lines_without, "Print no lines with it (repeatable)");
  app.add_option("-H,--highlight", highlight, "Print in bold what this regular expression finds");
  app.add_option("--time-format", time_format,
                 "Times of default and table: rfc3339, rfc3339nano, unix, unixms, unixns or a "
                 "pattern of strftime")
      ->capture_default_str();
  app.add_option("--labels-length", labels_width, "Pad label sets to this width");
  app.add_flag("--include-common-labels", include_common,
               "Print labels that all lines share on each of them");
  app.add_flag("--colored-output", colored, "Colour also when not on a terminal");
}

Result<LogStyle> LogStyleFlags::resolve(const Context& context) const {
  LogStyle style;
  SLUICE_TRY(style.format, parse_log_format(output));
  if (style.format == LogFormat::printed) {
    const auto text = std::string_view(output).substr(output.find('=') + 1);
    SLUICE_TRY(style.print_template, PrintTemplate::parse(text));
  }
  SLUICE_TRY(style.time, parse_time_format(time_format));
  style.labels = !no_labels;
  style.color = colored || context.color();
  style.to_terminal = context.out_is_tty;
  style.labels_width = labels_width;
  style.include.insert(include.begin(), include.end());
  style.exclude.insert(exclude.begin(), exclude.end());
  style.fields = fields;
  const bool apart = style.format == LogFormat::standard || style.format == LogFormat::table;
  style.drop_common = apart && style.labels && fields.empty() && !include_common;
  SLUICE_TRY(style.sieve, LineSieve::make(lines_with, lines_without, highlight));
  return style;
}

void TailFlags::add_to(CLI::App& app) {
  app.add_option("--delay-for", delay_for,
                 "Seconds to hold lines back so that late ones fall into order (with --follow)");
  app.add_option("--tail-limit", tail_limit, "Lines to begin with (with --follow)")
      ->capture_default_str();
  add_end_to(app);
}

void TailFlags::add_end_to(CLI::App& app) {
  app.add_option("--until-match", until_match,
                 "End with exit 0 at a line with this regular expression (when following)");
  app.add_option("--timeout", timeout, "End with exit 124 after this time (when following)");
}

}  // namespace sluice::query::cli
