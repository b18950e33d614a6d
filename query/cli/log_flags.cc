#include "query/cli/log_flags.h"

#include <CLI/CLI.hpp>

namespace sluice::query::cli {

void LogStyleFlags::add_to(CLI::App& app) {
  app.add_option("-o,--output", output, "default, raw, jsonl, json, logfmt or csv")
      ->capture_default_str();
  app.add_flag("--no-labels", no_labels, "Leave labels out");
  app.add_option("--include-label", include, "Print only this label (repeatable)");
  app.add_option("--exclude-label", exclude, "Do not print this label (repeatable)");
  app.add_option("--labels-length", labels_width, "Pad label sets to this width");
  app.add_flag("--include-common-labels", include_common,
               "Print labels that all lines share on each of them");
  app.add_flag("--colored-output", colored, "Colour also when not on a terminal");
}

Result<LogStyle> LogStyleFlags::resolve(const Context& context) const {
  LogStyle style;
  SLUICE_TRY(style.format, parse_log_format(output));
  style.labels = !no_labels;
  style.color = colored || context.color();
  style.to_terminal = context.out_is_tty;
  style.labels_width = labels_width;
  style.include.insert(include.begin(), include.end());
  style.exclude.insert(exclude.begin(), exclude.end());
  style.drop_common = style.format == LogFormat::standard && style.labels && !include_common;
  return style;
}

void TailFlags::add_to(CLI::App& app) {
  app.add_option("--delay-for", delay_for,
                 "Seconds to hold lines back so that late ones fall into order (with --follow)");
  app.add_option("--tail-limit", tail_limit, "Lines to begin with (with --follow)")
      ->capture_default_str();
}

}  // namespace sluice::query::cli
