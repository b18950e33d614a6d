#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/rule_format.h"

namespace sluice::query::cli {

namespace {

struct RulesOptions {
  std::string output = "table";
};

constexpr const char* rules_examples =
    "  sluice rules list\n"
    "  sluice rules list -o json | jq '.groups[].name'";

ExitCode run_list(const RulesOptions& o, Context& context) {
  auto answer = ApiClient(context).get("/api/v1/rules");
  if (!answer) return fail(context, answer.error());
  const auto data = data_of(std::move(*answer));
  if (!data) return fail(context, data.error());
  context.out << (o.output == "json" ? data->dump(2) + "\n" : format_rules(*data, context.color()));
  return ExitCode::ok;
}

}  // namespace

Action add_rules(CLI::App& root) {
  auto o = std::make_shared<RulesOptions>();
  CLI::App& app =
      add_subcommand(root, "rules", "Look at the rules the server runs", rules_examples);
  app.require_subcommand(1);
  CLI::App& list =
      add_subcommand(app, "list", "List rules, their state and their errors", rules_examples);
  list.add_option("-o,--output", o->output, "table or json")
      ->check(CLI::IsMember({"default", "table", "json"}));
  return [o](Context& context) { return run_list(*o, context); };
}

}  // namespace sluice::query::cli
