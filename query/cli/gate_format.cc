#include "query/cli/gate_format.h"

#include <nlohmann/json.hpp>

#include "base/codec/json_writer.h"
#include "query/cli/api_client.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

std::string rollback_state(const Json& gate) {
  return text_of(gate.value("rollback", Json::object()), "state");
}

// The verdict, or the phase while there is none.
std::string standing(const Json& gate) {
  const std::string verdict = text_of(gate, "verdict");
  return verdict.empty() ? text_of(gate, "phase") : verdict;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

std::string words(std::string text) {
  for (char& c : text) {
    if (c == '_') c = ' ';
  }
  return text;
}

std::string number_text(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number()) return "";
  return it->is_number_float() ? format_sample_value(it->get<double>()) : it->dump();
}

std::string version_pair(const Json& gate) {
  const std::string baseline = text_of(gate, "baseline");
  return text_of(gate, "service") + " " + text_of(gate, "version") +
         (baseline.empty() ? "" : " against " + baseline) + " (" + text_of(gate, "env") + ")";
}

std::string check_table(const Json& checks, bool color) {
  Table table({"  CHECK", "VERDICT", "VALUE", "THRESHOLD", "CANDIDATE", "BASELINE", "WHY"});
  for (const auto& check : checks) {
    const std::string verdict = text_of(check, "verdict");
    const Json samples = check.value("samples", Json::object());
    table.add({{"  " + text_of(check, "name")},
               {verdict, color_of_verdict(verdict)},
               {number_text(check, "value")},
               {number_text(check, "threshold")},
               {number_text(samples, "candidate")},
               {number_text(samples, "baseline")},
               {printable(text_of(check, "reason"))}});
  }
  return table.empty() ? "" : table.render(color);
}

std::string patterns_of(const Json& check, bool color) {
  std::string out;
  for (const auto& pattern : check.value("patterns", Json::array())) {
    out += "  " + paint(text_of(pattern, "status") + " pattern", Color::yellow, color) + ", " +
           number_text(pattern, "count") + " lines: " + printable(text_of(pattern, "template")) +
           "\n";
    for (const auto& sample : pattern.value("samples", Json::array())) {
      if (!sample.is_string()) continue;
      const std::string line = printable(sample.get_ref<const std::string&>());
      out += "      " + paint(line, Color::dim, color) + "\n";
    }
  }
  return out;
}

std::string queries_of(const Json& check) {
  std::string out;
  for (const auto& query : check.value("queries", Json::array())) {
    if (query.is_string())
      out += "  " + text_of(check, "name") + ": " + query.get<std::string>() + "\n";
  }
  return out;
}

std::string rollback_text(const Json& gate, bool color) {
  const std::string state = rollback_state(gate);
  if (state.empty() || state == "none") return "";
  const Json rollback = gate.value("rollback", Json::object());
  std::string out = "\nRollback: " + paint(words(state), color_of_verdict(state), color);
  const std::string hook = text_of(rollback, "hook");
  const std::string detail = text_of(rollback, "detail");
  if (!hook.empty()) out += " by " + hook;
  if (!detail.empty()) out += ", " + printable(detail);
  return out + "\n";
}

}  // namespace

ExitCode exit_code_of_gate(const Json& gate) {
  const std::string verdict = text_of(gate, "verdict");
  if (verdict == "pass") return ExitCode::ok;
  if (verdict != "fail") return ExitCode::undecided;
  const std::string rollback = rollback_state(gate);
  if (rollback == "rolled_back") return ExitCode::rolled_back;
  if (rollback == "rollback_failed") return ExitCode::rollback_failed;
  return ExitCode::no;
}

bool gate_done(const Json& gate) {
  return text_of(gate, "state") == "done";
}

std::string gate_progress(const Json& gate) {
  std::string out = words(text_of(gate, "phase"));
  const std::string verdict = text_of(gate, "verdict");
  if (!verdict.empty()) out += ", verdict " + verdict;
  std::string separator = ": ";
  for (const auto& check : gate.value("checks", Json::array())) {
    out += separator + text_of(check, "name") + " " + text_of(check, "verdict");
    separator = ", ";
  }
  return out;
}

std::string gate_summary(const Json& gate, bool color) {
  const std::string now = standing(gate);
  std::string out =
      paint(upper(words(now)), color_of_verdict(now), color) + " " + version_pair(gate);
  const std::string rollback = rollback_state(gate);
  if (!rollback.empty() && rollback != "none") out += ", " + words(rollback);
  const std::string reason = text_of(gate, "reason");
  return out + (reason.empty() ? "" : ": " + printable(reason)) + "\n";
}

std::string gate_explanation(const Json& gate, bool color) {
  const Json checks = gate.value("checks", Json::array());
  std::string out = gate_summary(gate, color);
  out += "  gate " + text_of(gate, "id") + ", policy " + text_of(gate, "policy") + ", " +
         number_text(gate, "evaluations") + " evaluations\n\n" + check_table(checks, color);
  std::string patterns;
  std::string queries;
  for (const auto& check : checks) {
    patterns += patterns_of(check, color);
    queries += queries_of(check);
  }
  if (!patterns.empty()) out += "\n" + patterns;
  out += rollback_text(gate, color);
  if (!queries.empty()) out += "\nLook yourself:\n" + queries;
  return out;
}

std::string gate_table(const Json& gates, bool color) {
  Table table({"ID", "SERVICE", "ENV", "VERSION", "STATE", "VERDICT", "ROLLBACK", "CREATED"});
  for (const auto& gate : gates) {
    const std::string verdict = text_of(gate, "verdict");
    const std::string rollback = rollback_state(gate);
    table.add({{text_of(gate, "id")},
               {text_of(gate, "service")},
               {text_of(gate, "env")},
               {text_of(gate, "version")},
               {text_of(gate, "state")},
               {verdict, color_of_verdict(verdict)},
               {rollback == "none" ? "" : words(rollback), color_of_verdict(rollback)},
               {format_when(text_of(gate, "created_at"))}});
  }
  return table.empty() ? "no gates\n" : table.render(color);
}

}  // namespace sluice::query::cli
