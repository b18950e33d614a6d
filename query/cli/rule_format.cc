#include "query/cli/rule_format.h"

#include <nlohmann/json.hpp>

#include "query/cli/api_client.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

std::string since(const std::string& rfc3339, Timestamp now) {
  const auto t = parse_rfc3339(rfc3339);
  return t ? format_rough(now - *t) : "";
}

// What a rule is doing: its alert state, or for a recording rule its health.
std::string state_of(const Json& rule) {
  const std::string state = text_of(rule, "state");
  return state.empty() ? text_of(rule, "health") : state;
}

std::string as_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return printable(text);
}

}  // namespace

Json select_alerts(const Json& alerts, const std::string& state) {
  Json selected = Json::array();
  for (const auto& alert : alerts) {
    if (state.empty() || text_of(alert, "state") == state) selected.push_back(alert);
  }
  return selected;
}

std::string format_alerts(const Json& alerts, Timestamp now, bool color) {
  Table table({"STATE", "ALERT", "FOR", "VALUE", "LABELS"});
  for (const auto& alert : alerts) {
    LabelSet labels = labels_from(alert.value("labels", Json::object()));
    const std::string name(labels.get("alertname"));
    labels.erase("alertname");
    const std::string state = text_of(alert, "state");
    table.add({{state, color_of_verdict(state)},
               {name},
               {since(text_of(alert, "activeAt"), now)},
               {text_of(alert, "value")},
               {as_one_line(labels.to_string())}});
  }
  return table.render(color);
}

std::string format_rules(const Json& data, bool color) {
  Table table({"GROUP", "RULE", "TYPE", "STATE", "QUERY"});
  std::string errors;
  for (const auto& group : data.value("groups", Json::array())) {
    for (const auto& rule : group.value("rules", Json::array())) {
      const std::string state = state_of(rule);
      table.add({{text_of(group, "name")},
                 {text_of(rule, "name")},
                 {text_of(rule, "type")},
                 {state, color_of_verdict(state)},
                 {as_one_line(text_of(rule, "query"))}});
      const std::string error = text_of(rule, "lastError");
      if (error.empty()) continue;
      errors += paint(text_of(rule, "name") + ": " + as_one_line(error), Color::red, color) + "\n";
    }
  }
  return table.empty() ? "no rules\n" : table.render(color) + errors;
}

}  // namespace sluice::query::cli
