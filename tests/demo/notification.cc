#include "tests/demo/notification.h"

#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>

namespace sluice::demo {
namespace {

using nlohmann::json;

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string text_at(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string join_labels(const json& labels) {
  std::string out;
  for (const auto& [name, value] : labels.items()) {
    if (name == "alertname") continue;
    if (!out.empty()) out += ' ';
    out += name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return out;
}

std::string summary_of(const json& annotations) {
  for (const char* key : {"summary", "description"}) {
    if (auto text = text_at(annotations, key); !text.empty()) return text;
  }
  return "no summary";
}

std::string describe(const json& alert) {
  const json labels = alert.value("labels", json::object());
  return fmt::format("{:<9} {}  {}\n          {}\n", upper(text_at(alert, "status")),
                     text_at(labels, "alertname"), join_labels(labels),
                     summary_of(alert.value("annotations", json::object())));
}

}  // namespace

Result<std::string> describe_notification(std::string_view body) {
  const json document = json::parse(body, nullptr, false);
  if (document.is_discarded()) return Error{ErrorCode::parse, "the notification is not JSON"};
  const auto alerts = document.is_object() ? document.find("alerts") : document.end();
  if (!document.is_object() || alerts == document.end() || !alerts->is_array()) {
    return Error{ErrorCode::parse, "the notification has no list named \"alerts\""};
  }
  std::string out;
  for (const json& alert : *alerts) {
    if (!alert.is_object()) return Error{ErrorCode::parse, "an alert is not a JSON object"};
    out += describe(alert);
  }
  return out;
}

}  // namespace sluice::demo
