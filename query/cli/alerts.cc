#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/rule_format.h"

namespace sluice::query::cli {

namespace {

struct AlertsOptions {
  std::string state;
  std::string output = "table";
  bool exit_status = false;
};

constexpr const char* alerts_examples =
    "  sluice alerts\n"
    "  sluice alerts --state firing --exit-status && echo \"something burns\"\n"
    "  sluice alerts -o json | jq '.[].labels.alertname'";

ExitCode run_alerts(const AlertsOptions& o, Context& context) {
  auto answer = ApiClient(context).get("/api/v1/alerts");
  if (!answer) return fail(context, answer.error());
  const auto data = data_of(std::move(*answer));
  if (!data) return fail(context, data.error());
  const auto alerts = select_alerts(data->value("alerts", nlohmann::json::array()), o.state);
  if (o.output == "json") {
    context.out << alerts.dump(2) << "\n";
  } else if (!alerts.empty()) {
    context.out << format_alerts(alerts, context.clock.now(), context.color());
  } else if (!context.options.quiet) {
    context.err << "no alerts\n";
  }
  return o.exit_status && alerts.empty() ? ExitCode::no : ExitCode::ok;
}

}  // namespace

Action add_alerts(CLI::App& root) {
  auto o = std::make_shared<AlertsOptions>();
  CLI::App& app = add_subcommand(root, "alerts", "List pending and firing alerts", alerts_examples);
  app.add_option("--state", o->state, "Only these: pending or firing")
      ->check(CLI::IsMember({"pending", "firing"}));
  app.add_option("-o,--output", o->output, "table or json")
      ->check(CLI::IsMember({"default", "table", "json"}));
  app.add_flag("--exit-status", o->exit_status, "Exit 1 when there is none");
  return [o](Context& context) { return run_alerts(*o, context); };
}

}  // namespace sluice::query::cli
