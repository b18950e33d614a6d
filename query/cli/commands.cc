#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <ostream>

#include "query/cli/command.h"

namespace sluice::query::cli {

namespace {

constexpr std::array<Command, 19> command_table{{
    {"logs", add_logs},
    {"tail", add_tail},
    {"context", add_context},
    {"patterns", add_patterns},
    {"export", add_export},
    {"labels", add_labels},
    {"series", add_series},
    {"push", add_push},
    {"metric", add_metric},
    {"alerts", add_alerts},
    {"rules", add_rules},
    {"check", add_check},
    {"release", add_release},
    {"gate", add_gate},
    {"api", add_api},
    {"complete", add_complete},
    {"completion", add_completion},
    {"help", add_help},
    {"version", add_version},
}};

}  // namespace

std::span<const Command> commands() {
  return command_table;
}

bool Context::color() const {
  if (options.color == "always") return true;
  if (options.color == "never") return false;
  // https://no-color.org: any value but the empty one counts.
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return out_is_tty;
}

ExitCode fail(Context& context, const Error& error) {
  if (error.code != ErrorCode::cancelled) context.err << "sluice: " << error.message << "\n";
  return exit_code_of(error);
}

CLI::App& add_subcommand(CLI::App& parent, const std::string& name, const std::string& summary,
                         const std::string& examples) {
  CLI::App* app = parent.add_subcommand(name, summary);
  app->fallthrough();
  if (!examples.empty()) app->footer("Examples:\n" + examples);
  return *app;
}

}  // namespace sluice::query::cli
