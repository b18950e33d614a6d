#include "query/cli/completion.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "query/cli/command.h"

namespace sluice::query::cli {

namespace {

// Those that --help shows.
std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

std::vector<std::string> words_for(const CLI::App& app) {
  std::vector<std::string> words;
  for (const auto* sub : subcommands_of(app)) words.push_back(sub->get_name());
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent())
    for (const auto* option : at->get_options())
      for (const auto& name : option->get_lnames()) words.push_back("--" + name);
  return words;
}

void collect(const CLI::App& app, const std::string& path, std::vector<CommandWords>& out) {
  out.push_back({path, words_for(app)});
  for (const auto* sub : subcommands_of(app))
    collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), out);
}

std::string script(const std::string& shell, const CLI::App& root) {
  const auto commands = all_command_words(root);
  if (shell == "zsh") return zsh_completion(commands);
  if (shell == "fish") return fish_completion(commands);
  return bash_completion(commands);
}

}  // namespace

std::vector<CommandWords> all_command_words(const CLI::App& root) {
  std::vector<CommandWords> out;
  collect(root, "", out);
  return out;
}

std::string selector_commands(std::string_view between) {
  std::string out;
  for (const std::string_view command :
       {"logs", "tail", "context", "patterns", "export", "series"}) {
    if (!out.empty()) out += between;
    out += command;
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += word + " ";
  return out;
}

Action add_completion(CLI::App& root) {
  CLI::App& app = add_subcommand(root, "completion", "Print a completion script for the shell",
                                 "  source <(sluice completion bash)\n"
                                 "  source <(sluice completion zsh)\n"
                                 "  sluice completion fish | source");
  auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  // The flag writes to `shell` for as long as the command exists.
  return [shell](Context& context) {
    context.out << script(*shell, *context.root);
    return ExitCode::ok;
  };
}

}  // namespace sluice::query::cli
