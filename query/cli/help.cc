#include <CLI/CLI.hpp>
#include <ostream>

#include "query/cli/command.h"

namespace sluice::query::cli {

namespace {

const CLI::App* find_subcommand(const CLI::App& app, const std::string& name) {
  const auto named = [&](const CLI::App* sub) { return sub->get_name() == name; };
  const auto found = app.get_subcommands(named);
  return found.empty() ? nullptr : found.front();
}

ExitCode run_help(const std::vector<std::string>& topic, Context& context) {
  if (topic.size() == 1 && topic.front() == "exit-codes") {
    context.out << exit_code_help();
    return ExitCode::ok;
  }
  const CLI::App* app = context.root;
  std::string line;  // of the parent: CLI11 adds the command's own name
  for (const auto& word : topic) {
    const CLI::App* next = find_subcommand(*app, word);
    if (next == nullptr) {
      return fail(context, invalid_argument("no command or topic \"" + word + "\""));
    }
    line += (line.empty() ? "" : " ") + app->get_name();
    app = next;
  }
  context.out << app->help(line);
  return ExitCode::ok;
}

}  // namespace

Action add_help(CLI::App& root) {
  auto topic = std::make_shared<std::vector<std::string>>();
  CLI::App& app = add_subcommand(root, "help", "Help on a command, or on exit-codes",
                                 "  sluice help gate run\n  sluice help exit-codes");
  app.add_option("topic", *topic, "Command, or exit-codes");
  return [topic](Context& context) { return run_help(*topic, context); };
}

}  // namespace sluice::query::cli
